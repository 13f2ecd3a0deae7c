#include "text.h"
#include "secret.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void vp_text_begin(struct vp_text *text, char *buffer, size_t size)
{
    *text = (struct vp_text){.buffer = buffer, .size = size};
    if (size > 0)
        buffer[0] = '\0';
}

void vp_text_add(struct vp_text *text, const char *format, ...)
{
    size_t at = text->length < text->size ? text->length : text->size;
    va_list arguments;
    int added;

    va_start(arguments, format);
    added =
        vsnprintf(text->size == 0 ? NULL : text->buffer + at, text->size - at, format, arguments);
    va_end(arguments);
    if (added > 0)
        text->length += (size_t)added;
}

void vp_text_add_escaped(struct vp_text *text, const char *value)
{
    for (const char *at = value; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        bool end_blank = byte == ' ' && (at == value || at[1] == '\0');

        if (byte < 0x20 || byte == 0x7f || byte == '%' || end_blank)
            vp_text_add(text, "%%%02X", byte);
        else
            vp_text_add(text, "%c", byte);
    }
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

int vp_text_unescape(char *value)
{
    char *write = value;

    for (const char *read = value; *read != '\0'; read++) {
        int high, low;

        if (*read != '%') {
            *write++ = *read;
            continue;
        }
        high = hex_value(read[1]);
        low = high < 0 ? -1 : hex_value(read[2]);
        if (low < 0 || (high == 0 && low == 0))
            return -1;
        *write++ = (char)(high * 16 + low);
        read += 2;
    }
    *write = '\0';
    return 0;
}

char *vp_text_trim(char *string)
{
    size_t length;

    string += strspn(string, " \t");
    length = strlen(string);
    if (length > 0 && string[length - 1] == '\r')
        length--;
    while (length > 0 && (string[length - 1] == ' ' || string[length - 1] == '\t'))
        length--;
    string[length] = '\0';
    return string;
}

void vp_text_blunt(char *string)
{
    for (; *string != '\0'; string++)
        if ((unsigned char)*string < 0x20 || *string == 0x7f)
            *string = '?';
}

/* How many bytes follow this first byte, and the bits it holds itself; -1 for no first byte. */
static int lead_byte(unsigned char byte, uint32_t *bits_out)
{
    static const struct {
        unsigned char mask, value;
    } leads[] = {{0x80, 0x00}, {0xe0, 0xc0}, {0xf0, 0xe0}, {0xf8, 0xf0}};

    for (int following = 0; following < 4; following++)
        if ((byte & leads[following].mask) == leads[following].value) {
            *bits_out = byte & (unsigned char)~leads[following].mask;
            return following;
        }
    return -1;
}

int vp_text_decode(const char *bytes, size_t length, uint32_t *points_out, size_t *count_out)
{
    static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
    size_t count = 0;

    for (size_t at = 0; at < length;) {
        uint32_t point = 0;
        int following = lead_byte((unsigned char)bytes[at++], &point);

        if (following < 0 || (size_t)following > length - at)
            return -1;
        for (int i = 0; i < following; i++, at++) {
            if (((unsigned char)bytes[at] & 0xc0) != 0x80)
                return -1;
            point = point << 6 | ((unsigned char)bytes[at] & 0x3f);
        }
        if (point < smallest[following] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
            return -1;
        points_out[count++] = point;
    }
    *count_out = count;
    return 0;
}

size_t vp_text_distance(const uint32_t *one, size_t one_count, const uint32_t *other,
                        size_t other_count)
{
    uint16_t row[VP_PASSWORD_SIZE + 1];
    size_t beyond = 0;
    size_t distance;

    if (one_count > VP_PASSWORD_SIZE) {
        beyond += one_count - VP_PASSWORD_SIZE;
        one_count = VP_PASSWORD_SIZE;
    }
    if (other_count > VP_PASSWORD_SIZE) {
        beyond += other_count - VP_PASSWORD_SIZE;
        other_count = VP_PASSWORD_SIZE;
    }
    for (size_t j = 0; j <= other_count; j++)
        row[j] = (uint16_t)j;
    for (size_t i = 1; i <= one_count; i++) {
        uint16_t diagonal = row[0];

        row[0] = (uint16_t)i;
        for (size_t j = 1; j <= other_count; j++) {
            uint16_t above = row[j];
            uint16_t best = (uint16_t)(diagonal + (one[i - 1] != other[j - 1]));

            if (above + 1 < best)
                best = (uint16_t)(above + 1);
            if (row[j - 1] + 1 < best)
                best = (uint16_t)(row[j - 1] + 1);
            row[j] = best;
            diagonal = above;
        }
    }
    distance = row[other_count] + beyond;
    /* The row tells how the passwords resemble each other. */
    vp_secret_wipe(row, sizeof row);
    return distance;
}
