/* Objects of JSON, for the commands that say more than rows. By jansson; the module has no part in
 * it. */
#ifndef VP_CMD_JSON_H
#define VP_CMD_JSON_H

#include "command.h"

#include <jansson.h>

/* A text without what is no UTF-8 (jansson takes nothing else); null for NULL and "". */
json_t *cmd_json_text(const char *text);

/* A day as 2026-11-22; null for VP_NO_DAY and VP_NEVER. */
json_t *cmd_json_day(int32_t day);

/* Prints an object and gives it back. 0, or -1 after an error message: NULL is memory short. */
VP_CHECKED int cmd_json_print(json_t *object);

#endif
