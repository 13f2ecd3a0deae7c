#include "fold.h"

/*
 * Vietnamese letters stand in Latin-1, here and there in Latin Extended-A and -B, and in one block
 * of Latin Extended Additional, where they are in the order of the alphabet.
 */
static const struct {
    uint32_t first, last;
    char letter;
} letters[] = {
    {0x00c0, 0x00c5, 'a'}, {0x00c8, 0x00cb, 'e'}, {0x00cc, 0x00cf, 'i'}, {0x00d2, 0x00d6, 'o'},
    {0x00d9, 0x00dc, 'u'}, {0x00dd, 0x00dd, 'y'}, {0x00e0, 0x00e5, 'a'}, {0x00e8, 0x00eb, 'e'},
    {0x00ec, 0x00ef, 'i'}, {0x00f2, 0x00f6, 'o'}, {0x00f9, 0x00fc, 'u'}, {0x00fd, 0x00fd, 'y'},
    {0x0102, 0x0103, 'a'}, {0x0110, 0x0111, 'd'}, {0x0128, 0x0129, 'i'}, {0x0168, 0x0169, 'u'},
    {0x01a0, 0x01a1, 'o'}, {0x01af, 0x01b0, 'u'}, {0x1ea0, 0x1eb7, 'a'}, {0x1eb8, 0x1ec7, 'e'},
    {0x1ec8, 0x1ecb, 'i'}, {0x1ecc, 0x1ee3, 'o'}, {0x1ee4, 0x1ef1, 'u'}, {0x1ef2, 0x1ef9, 'y'},
};

static const struct {
    char sign;
    char letters[3];
} disguises[] = {
    {'0', "o"}, {'1', "il"}, {'3', "e"}, {'4', "a"}, {'@', "a"},
    {'5', "s"}, {'$', "s"},  {'7', "t"}, {'!', "i"},
};

uint32_t vp_fold_letter(uint32_t point)
{
    if (point >= 'A' && point <= 'Z')
        return point - 'A' + 'a';
    if (point >= 0x0300 && point <= 0x036f)
        return 0;
    for (size_t i = 0; point >= 0x80 && i < sizeof letters / sizeof letters[0]; i++)
        if (point >= letters[i].first && point <= letters[i].last)
            return (uint32_t)letters[i].letter;
    return point;
}

const char *vp_fold_readings(uint32_t folded)
{
    for (size_t i = 0; i < sizeof disguises / sizeof disguises[0]; i++)
        if (folded == (unsigned char)disguises[i].sign)
            return disguises[i].letters;
    return "";
}

/* A letter of any writing: signs beyond ASCII are few, and nobody counts on with them. */
static bool is_letter(uint32_t folded)
{
    return (folded >= 'a' && folded <= 'z') || folded >= 0x80;
}

size_t vp_fold_core(const uint32_t *points, size_t count, uint32_t *core_out)
{
    size_t length = 0;

    while (count > 0 && !is_letter(vp_fold_letter(points[count - 1])) &&
           vp_fold_letter(points[count - 1]) != 0)
        count--;
    for (size_t i = 0; i < count; i++) {
        uint32_t folded = vp_fold_letter(points[i]);
        const char *readings = vp_fold_readings(folded);

        if (folded == 0)
            continue;
        if (readings[0] != '\0')
            folded = (unsigned char)readings[0];
        core_out[length++] = folded == 'l' ? 'i' : folded;
    }
    return length;
}
