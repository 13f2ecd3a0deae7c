#include "unicode.h"
#include "error.h"
#include "secret.h"

#include <dlfcn.h>
#include <string.h>
#include <utf8proc.h>

#ifndef VP_UTF8PROC_SONAME
#define VP_UTF8PROC_SONAME "libutf8proc.so.2"
#endif

/* A character's full decomposition has at most 4 parts in NFC's sense; 18 is UAX #15's bound. */
#define DECOMPOSED_MAX (VP_PASSWORD_SIZE * 4)

struct library {
    void *handle;
    utf8proc_category_t (*category)(utf8proc_int32_t);
    const utf8proc_property_t *(*property)(utf8proc_int32_t);
    utf8proc_ssize_t (*decompose_char)(utf8proc_int32_t, utf8proc_int32_t *, utf8proc_ssize_t,
                                       utf8proc_option_t, int *);
    utf8proc_ssize_t (*compose)(utf8proc_int32_t *, utf8proc_ssize_t, utf8proc_option_t);
};

/* POSIX has dlsym return an object pointer; this is its own way to make it a function's. */
static bool find(void *handle, const char *name, void *function_out)
{
    void *symbol = dlsym(handle, name);

    memcpy(function_out, &symbol, sizeof symbol);
    return symbol != NULL;
}

static int load(struct library *library, struct vp_error *error_out)
{
    library->handle = dlopen(VP_UTF8PROC_SONAME, RTLD_NOW | RTLD_LOCAL);
    if (library->handle == NULL)
        return vp_error_set(error_out, VP_UTF8PROC_SONAME, 0, 0,
                            "cannot be loaded, and non_ascii = allow needs it (install "
                            "libutf8proc, or write non_ascii = refuse)");
    if (find(library->handle, "utf8proc_category", &library->category) &&
        find(library->handle, "utf8proc_get_property", &library->property) &&
        find(library->handle, "utf8proc_decompose_char", &library->decompose_char) &&
        find(library->handle, "utf8proc_normalize_utf32", &library->compose))
        return 0;
    dlclose(library->handle);
    return vp_error_set(error_out, VP_UTF8PROC_SONAME, 0, 0, "is not the library it should be");
}

static enum vp_class class_of(utf8proc_category_t category)
{
    switch (category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LT:
        return VP_CLASS_UPPER;
    case UTF8PROC_CATEGORY_LL:
        return VP_CLASS_LOWER;
    case UTF8PROC_CATEGORY_ND:
        return VP_CLASS_DIGIT;
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return VP_CLASS_NONE;
    default:
        return VP_CLASS_SPECIAL;
    }
}

static void classify(const struct library *library, struct vp_candidate *candidate)
{
    for (size_t i = 0; i < candidate->count; i++) {
        if (candidate->points[i] < 0x80)
            continue;
        candidate->classes[i] =
            (uint8_t)class_of(library->category((utf8proc_int32_t)candidate->points[i]));
        candidate->unprintable |= candidate->classes[i] == VP_CLASS_NONE;
    }
}

/*
 * Puts runs of combining marks into canonical order (Unicode Standard, 3.11, D109), which
 * utf8proc_decompose_char leaves to its caller. An insertion sort: it is stable, and runs are
 * short.
 */
static void order_marks(const struct library *library, utf8proc_int32_t *points, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        utf8proc_int32_t moving = points[i];
        utf8proc_propval_t class = library->property(moving)->combining_class;
        size_t at = i;

        for (; class != 0 && at > 0; at--) {
            if (library->property(points[at - 1])->combining_class <= class)
                break;
            points[at] = points[at - 1];
        }
        points[at] = moving;
    }
}

/*
 * Brings the password into NFC in a buffer of our own and compares: utf8proc_NFC would leave
 * copies of it in memory that nobody wipes.
 */
static bool is_composed(const struct library *library, const struct vp_candidate *candidate)
{
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    utf8proc_int32_t buffer[DECOMPOSED_MAX];
    utf8proc_ssize_t length = 0;
    bool composed;
    int boundary = 0;

    for (size_t i = 0; i < candidate->count && length >= 0; i++) {
        utf8proc_ssize_t room = DECOMPOSED_MAX - length;
        utf8proc_ssize_t added = library->decompose_char((utf8proc_int32_t)candidate->points[i],
                                                         buffer + length, room, options, &boundary);

        length = added < 0 || added > room ? -1 : length + added;
    }
    if (length > 0)
        order_marks(library, buffer, (size_t)length);
    if (length >= 0)
        length = library->compose(buffer, length, options);
    composed = length == (utf8proc_ssize_t)candidate->count &&
               memcmp(buffer, candidate->points, candidate->count * sizeof buffer[0]) == 0;
    vp_secret_wipe(buffer, sizeof buffer);
    return composed;
}

int vp_unicode_classify(struct vp_candidate *candidate, struct vp_error *error_out)
{
    struct library library = {0};

    if (candidate->ascii || !candidate->utf8)
        return 0;
    if (load(&library, error_out) != 0)
        return -1;
    classify(&library, candidate);
    candidate->composed = is_composed(&library, candidate);
    dlclose(library.handle);
    return 0;
}
