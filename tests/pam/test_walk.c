/*
 * lib/walk.c against libpam itself: stacks at random, of lines that return what they are told, must
 * end as libpam ends them. `vpolicy stack` believes the one because of the other.
 *
 * SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
 */
#include "pam.h"

#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/text.h"
#include "../../lib/walk.h"

#define STACKS   1000
#define FILES    3 /* the service, a substack, and one in that */
#define TEXT_MAX 2048

static const char *const controls[] = {"required", "requisite", "sufficient", "optional"};
/* Success stands there more often: else most stacks would fail. */
static const char *const values[] = {"success", "success",      "new_authtok_reqd",
                                     "ignore",  "acct_expired", "user_unknown"};
static const char *const actions[] = {"ignore", "ok", "done", "bad", "die", "reset", "1", "2", "3"};

/* What libpam cannot read, and what it makes of that is its own. */
static const char *const broken[] = {"optional", "sufficient", "include /nowhere",
                                     "[success=up] pam_permit.so", "[success=ok] "};

/* A folder of made-up files. */
struct folder {
    char paths[FILES][256], texts[FILES][TEXT_MAX];
    struct vp_stack_file files[FILES];
};

/* Numbers that are the same in every run (xorshift, Marsaglia 2003). */
static uint32_t draw(uint32_t *state, uint32_t below)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state % below;
}

static void add_control(struct vp_text *text, uint32_t *state)
{
    if (draw(state, 2) == 0) {
        vp_text_add(text, "%s", controls[draw(state, COUNT(controls))]);
        return;
    }
    vp_text_add(text, "[");
    for (uint32_t pairs = draw(state, 4); pairs > 0; pairs--)
        vp_text_add(text, "%s=%s ", values[draw(state, COUNT(values))],
                    actions[draw(state, COUNT(actions))]);
    vp_text_add(text, "default=%s]", actions[draw(state, COUNT(actions))]);
}

static void fill_file(struct folder *folder, size_t number, uint32_t *state)
{
    struct vp_text text;

    vp_text_begin(&text, folder->texts[number], TEXT_MAX);
    for (uint32_t lines = 1 + draw(state, 6); lines > 0; lines--) {
        uint32_t kind = draw(state, 12);

        if (kind < 2 && number + 1 < FILES) {
            vp_text_add(&text, "account %s %s\n", kind == 0 ? "substack" : "include",
                        folder->paths[number + 1]);
            continue;
        }
        if (kind == 2) {
            vp_text_add(&text, "account %s\n", broken[draw(state, COUNT(broken))]);
            continue;
        }
        vp_text_add(&text, "account ");
        add_control(&text, state);
        vp_text_add(&text, " pam_debug.so acct=%s\n", values[draw(state, COUNT(values))]);
    }
    ck_assert_uint_lt(text.length, TEXT_MAX);
}

static const struct vp_stack_file *find(void *context, const char *name)
{
    const struct folder *folder = context;

    for (size_t i = 0; i < FILES; i++)
        if (strcmp(folder->files[i].name, name) == 0)
            return &folder->files[i];
    return NULL;
}

static void make_folder(struct folder *folder, uint32_t *state)
{
    for (size_t i = 0; i < FILES; i++) {
        char name[32];

        snprintf(name, sizeof name, "pam.d/walk%zu", i);
        snprintf(folder->paths[i], sizeof folder->paths[0], "%s", stage_path(name));
        folder->files[i] =
            (struct vp_stack_file){folder->paths[i], folder->paths[i], folder->texts[i]};
    }
    for (size_t i = 0; i < FILES; i++) {
        char name[32];

        fill_file(folder, i, state);
        snprintf(name, sizeof name, "pam.d/walk%zu", i);
        write_file(name, folder->texts[i], 0644);
    }
    folder->files[0].name = "walk0";
}

static bool succeeds(enum vp_walk_end end, unsigned facts)
{
    (void)facts;
    return end == VP_WALK_SUCCESS;
}

static bool renews(enum vp_walk_end end, unsigned facts)
{
    (void)facts;
    return end == VP_WALK_RENEW;
}

static bool fails(enum vp_walk_end end, unsigned facts)
{
    (void)facts;
    return end == VP_WALK_FAILURE;
}

/* How lib/walk.c has it end: it knows what each line returns, so there is one way. */
static enum vp_walk_end walk_end(struct folder *folder)
{
    struct vp_stack stack;
    struct vp_error error;
    struct vp_walk *walk;
    bool ends[3];

    ck_assert_int_eq(vp_stack_read("walk0", find, folder, &stack, &error), 0);
    walk = vp_walk_open(&stack.groups[VP_STACK_ACCOUNT]);
    ck_assert_ptr_nonnull(walk);
    ends[VP_WALK_FAILURE] = vp_walk_can_end(walk, fails);
    ends[VP_WALK_SUCCESS] = vp_walk_can_end(walk, succeeds);
    ends[VP_WALK_RENEW] = vp_walk_can_end(walk, renews);
    ck_assert_int_eq(ends[0] + ends[1] + ends[2], 1);
    vp_walk_close(walk);
    vp_stack_free(&stack);
    return ends[VP_WALK_SUCCESS] ? VP_WALK_SUCCESS
           : ends[VP_WALK_RENEW] ? VP_WALK_RENEW
                                 : VP_WALK_FAILURE;
}

static enum vp_walk_end libpam_end(void)
{
    int code = visit_account(&(struct visit){.service = "walk0"});

    return code == PAM_SUCCESS            ? VP_WALK_SUCCESS
           : code == PAM_NEW_AUTHTOK_REQD ? VP_WALK_RENEW
                                          : VP_WALK_FAILURE;
}

START_TEST(a_walk_ends_as_libpam_does)
{
    static struct folder folder;
    uint32_t state = 2463534242;
    unsigned seen[3] = {0};

    stage_begin();
    for (int i = 0; i < STACKS; i++) {
        enum vp_walk_end wanted;

        make_folder(&folder, &state);
        wanted = libpam_end();
        seen[wanted]++;
        ck_assert_msg(walk_end(&folder) == wanted, "stack %d: libpam %d, not %d:\n%s\n%s\n%s", i,
                      wanted, walk_end(&folder), folder.texts[0], folder.texts[1], folder.texts[2]);
    }
    /* Else it would prove little. */
    ck_assert_msg(seen[0] > 50 && seen[1] > 50 && seen[2] > 50, "%u failures, %u successes, %u due",
                  seen[0], seen[1], seen[2]);
}
END_TEST

Suite *suite_walk(void)
{
    Suite *suite = suite_create("walk");
    TCase *tcase = tcase_create("walk");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_walk_ends_as_libpam_does);
    suite_add_tcase(suite, tcase);
    return suite;
}
