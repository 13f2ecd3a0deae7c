#include "json.h"

#include "../lib/number.h"

#include <stdio.h>

json_t *cmd_json_text(const char *text)
{
    char copy[1024];

    if (text == NULL || *text == '\0')
        return json_null();
    snprintf(copy, sizeof copy, "%s", text);
    cmd_blunt(copy, false);
    return json_string(copy);
}

json_t *cmd_json_day(int32_t day)
{
    char date[VP_DATE_SIZE];

    if (day == VP_NO_DAY || day == VP_NEVER)
        return json_null();
    vp_number_print_date(day, date);
    return json_string(date);
}

int cmd_json_print(json_t *object)
{
    int result =
        object == NULL ? -1 : json_dumpf(object, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER);

    putchar('\n');
    json_decref(object);
    if (result != 0)
        cmd_complain("no memory");
    return result;
}
