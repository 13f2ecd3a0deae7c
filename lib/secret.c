#include "secret.h"

#include <stdlib.h>
#include <string.h>

void vp_secret_wipe(void *secret, size_t size)
{
    if (secret != NULL)
        explicit_bzero(secret, size);
}

void vp_secret_free(char *secret)
{
    if (secret == NULL)
        return;
    vp_secret_wipe(secret, strlen(secret));
    free(secret);
}

bool vp_secret_equal(const char *one, const char *other)
{
    size_t length = strlen(one);
    unsigned char difference = 0;

    /* The length of a hash is no secret: it says which method made it, no more. */
    if (length != strlen(other))
        return false;
    for (size_t i = 0; i < length; i++)
        difference |= (unsigned char)(one[i] ^ other[i]);
    return difference == 0;
}
