/*
 * Looking for a secret after the code under test had it, as libxcrypt's explicit-bzero test does:
 * the code runs on a stack of its own, then all writable memory of the process is searched. The
 * secret is kept hidden behind a mask, so the search does not find itself.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "unit.h"

#include <sys/mman.h>
#include <ucontext.h>

/* Larger regions are holes that some tool reserved, and nobody's secret is there. */
#define REGION_MAX ((size_t)64 * 1024 * 1024)
#define STACK_SIZE ((size_t)1024 * 1024)
#define WINDOW     6
#define MASK       0xa5

static unsigned char hidden[SECRET_LENGTH] = {
    'K' ^ MASK, 'q' ^ MASK, '7' ^ MASK, '#' ^ MASK, 'v' ^ MASK, 'W' ^ MASK, 'z' ^ MASK, '2' ^ MASK,
    '%' ^ MASK, 'J' ^ MASK, 'x' ^ MASK, '9' ^ MASK, '!' ^ MASK, 'b' ^ MASK, 'Q' ^ MASK, 'f' ^ MASK,
    '4' ^ MASK, '&' ^ MASK, 'Y' ^ MASK, 'g' ^ MASK, '6' ^ MASK, '+' ^ MASK, 'M' ^ MASK, 'u' ^ MASK,
};

static char *own_stack;
static void (*own_function)(void *);
static void *own_context;

void secret_write(char buffer[SECRET_LENGTH + 1])
{
    /* volatile: the compiler must not keep the plain text as a constant. */
    const volatile unsigned char *from = hidden;

    for (size_t i = 0; i < SECRET_LENGTH; i++)
        buffer[i] = (char)(from[i] ^ MASK);
    buffer[SECRET_LENGTH] = '\0';
}

void secret_become(const char text[SECRET_LENGTH])
{
    for (size_t i = 0; i < SECRET_LENGTH; i++)
        hidden[i] = (unsigned char)text[i] ^ MASK;
}

static bool bytes_at(const volatile unsigned char *at, size_t first)
{
    for (size_t i = 0; i < WINDOW; i++)
        if ((at[i] ^ MASK) != hidden[first + i])
            return false;
    return true;
}

/* As numbers of so many bytes: two are UTF-16LE, four are code points. */
static bool numbers_at(const volatile unsigned char *at, size_t first, size_t size)
{
    for (size_t i = 0; i < WINDOW; i++, at += size) {
        if ((at[0] ^ MASK) != hidden[first + i])
            return false;
        for (size_t j = 1; j < size; j++)
            if (at[j] != 0)
                return false;
    }
    return true;
}

static size_t copies_between(const volatile unsigned char *from, const volatile unsigned char *to)
{
    size_t copies = 0;

    for (; to - from >= WINDOW; from++)
        for (size_t first = 0; first + WINDOW <= SECRET_LENGTH; first++) {
            copies += bytes_at(from, first);
            for (size_t size = 2; size <= 4 && to - from >= WINDOW * (ptrdiff_t)size; size += 2)
                copies += numbers_at(from, first, size);
        }
    return copies;
}

static size_t copies_in_memory(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    unsigned long from, to;
    char rights[5];
    size_t copies = 0;

    ck_assert_ptr_nonnull(maps);
    while (fscanf(maps, "%lx-%lx %4s%*[^\n]", &from, &to, rights) == 3)
        if (rights[0] == 'r' && rights[1] == 'w' && to - from <= REGION_MAX)
            copies += copies_between((const unsigned char *)from, (const unsigned char *)to);
    fclose(maps);
    return copies;
}

static void enter(void)
{
    own_function(own_context);
}

size_t secret_copies_after(void (*function)(void *), void *context)
{
    static ucontext_t here, there;

    if (!SEARCHES_MEMORY) {
        function(context);
        return 0;
    }
    own_stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(own_stack, MAP_FAILED);
    own_function = function;
    own_context = context;
    ck_assert_int_eq(getcontext(&there), 0);
    there.uc_stack.ss_sp = own_stack;
    there.uc_stack.ss_size = STACK_SIZE;
    there.uc_link = &here;
    makecontext(&there, enter, 0);
    ck_assert_int_eq(swapcontext(&here, &there), 0);
    return copies_in_memory();
}

size_t stack_copies_of(const uint16_t *numbers, size_t count)
{
    size_t bytes = count * sizeof *numbers;
    size_t copies = 0;

    for (size_t at = 0; own_stack != NULL && at + bytes <= STACK_SIZE; at += sizeof *numbers)
        copies += memcmp(own_stack + at, numbers, bytes) == 0;
    return copies;
}
