#include "hash.h"
#include "error.h"
#include "secret.h"

#include <crypt.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#ifndef VP_CRYPT_SONAME
#define VP_CRYPT_SONAME "libcrypt.so.1"
#endif

struct vp_hash {
    void *library;
    char *(*crypt_r)(const char *, const char *, struct crypt_data *);
    struct crypt_data data;
};

int vp_hash_open(struct vp_hash **hash_out, struct vp_error *error_out)
{
    struct vp_hash *hash = calloc(1, sizeof *hash);
    void *symbol = NULL;

    if (hash == NULL)
        return vp_error_set(error_out, NULL, 0, ENOMEM, "hashing");
    hash->library = dlopen(VP_CRYPT_SONAME, RTLD_NOW | RTLD_LOCAL);
    if (hash->library != NULL)
        symbol = dlsym(hash->library, "crypt_r");
    if (symbol == NULL) {
        vp_hash_close(hash);
        return vp_error_set(error_out, VP_CRYPT_SONAME, 0, 0, "cannot be loaded");
    }
    memcpy(&hash->crypt_r, &symbol, sizeof symbol);
    *hash_out = hash;
    return 0;
}

void vp_hash_close(struct vp_hash *hash)
{
    if (hash == NULL)
        return;
    vp_secret_wipe(&hash->data, sizeof hash->data);
    if (hash->library != NULL)
        dlclose(hash->library);
    free(hash);
}

bool vp_hash_matches(struct vp_hash *hash, const char *password, const char *setting)
{
    const char *made;
    bool same;

    if (*setting == '\0')
        return false;
    made = hash->crypt_r(password, setting, &hash->data);
    /* A failure token begins with `*` and never equals a setting (crypt(3)), but rely on nothing.
     */
    same = made != NULL && *made != '*' && vp_secret_equal(made, setting);
    vp_secret_wipe(&hash->data, sizeof hash->data);
    return same;
}

bool vp_hash_is_bcrypt(const char *setting)
{
    return setting[0] == '$' && setting[1] == '2' && setting[2] != '\0' &&
           (setting[2] == '$' || setting[3] == '$');
}
