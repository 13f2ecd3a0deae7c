/*
 * Prints what the manual pages have to name, one item a line with tabs between, for tests/doc/run:
 *
 *   key NAME DEFAULT PLACES VALUES     verdict WORD     rule CODE     field NAME     fault WORD
 *
 * Given FILE..., reads each as a policy instead; prints its faults, and fails where there is one.
 */
/* With the file itself its table of fields, which is nobody else's business. */
#include "../../lib/record.c" /* NOLINT(bugprone-suspicious-include) */

#include "../../lib/audit.h"
#include "../../lib/policy.h"
#include "../../lib/rules.h"
#include "../../lib/verdict.h"

struct key {
    const char *name;
    unsigned where;
};

static const struct key keys[VP_KEY_COUNT] = {
#define X(name_, type_, value_, where_, ...) {.name = #name_, .where = where_},
    VP_KEYS(X, X)
#undef X
};

static void print_fault(void *context, const struct vp_error *fault)
{
    char text[sizeof fault->text + sizeof fault->file + 32];

    (void)context;
    vp_error_print(fault, text, sizeof text);
    puts(text);
}

/* What the parser says would have been right: the last parenthesis of its complaint. */
static void print_values(const struct key *key)
{
    static const char bad[] = "\x01";
    struct vp_policy policy;
    struct vp_error fault = {0};
    char text[128];
    int length = snprintf(text, sizeof text, "%s\n%s = %s\n",
                          key->where & VP_IN_TOP       ? ""
                          : key->where & VP_IN_SERVICE ? "[service x]"
                                                       : "[user x]",
                          key->name, bad);
    const char *expected;

    /* A control character is not what a text may hold, but only an empty one tells the length. */
    if (vp_policy_parse(text, (size_t)length, "", NULL, NULL, &policy, &fault) == 0 ||
        strchr(fault.text, '(') == NULL) {
        text[length - 2] = '\n';
        if (vp_policy_parse(text, (size_t)length, "", NULL, NULL, &policy, &fault) == 0)
            vp_policy_free(&policy);
    }
    expected = strrchr(fault.text, '(');
    printf("%s", expected == NULL ? "?)" : expected + 1);
}

static void print_key(enum vp_key key)
{
    const struct vp_policy policy = {0};
    const struct vp_subject nobody = {.user = ""};
    struct vp_values values;
    char value[256];

    vp_policy_resolve(&policy, &nobody, &values, NULL);
    vp_policy_print_value(key, &values, value, sizeof value);
    printf("key\t%s\t%s\t%s%s%s%s\t", vp_policy_key_name(key), value,
           keys[key].where & VP_IN_TOP ? "t" : "", keys[key].where & VP_IN_GROUP ? "g" : "",
           keys[key].where & VP_IN_USER ? "u" : "", keys[key].where & VP_IN_SERVICE ? "s" : "");
    print_values(&keys[key]);
    printf("\n");
}

static int read_policy(const char *path)
{
    static char text[VP_POLICY_MAX];
    FILE *file = fopen(path, "re");
    size_t length = file == NULL ? 0 : fread(text, 1, sizeof text, file);
    struct vp_policy policy;
    struct vp_error error;
    int result;

    if (file == NULL) {
        perror(path);
        return -1;
    }
    fclose(file);
    result = vp_policy_parse(text, length, path, print_fault, NULL, &policy, &error);
    vp_policy_free(&policy);
    return result;
}

int main(int argc, char **argv)
{
    int status = EXIT_SUCCESS;

    for (int i = 1; i < argc; i++)
        if (read_policy(argv[i]) != 0)
            status = EXIT_FAILURE;
    if (argc > 1)
        return status;
    for (int key = 0; key < VP_KEY_COUNT; key++)
        print_key((enum vp_key)key);
    for (int kind = VP_OK; kind <= VP_CLOSED; kind++)
        printf("verdict\t%s\n", vp_verdict_kind_word((enum vp_verdict_kind)kind));
    for (int reason = 0; reason < VP_REASON_COUNT; reason++)
        printf("verdict\t%s\n", vp_verdict_reason_word((enum vp_reason)reason));
    for (int rule = 0; rule < VP_RULE_COUNT; rule++)
        printf("rule\t%s\n", vp_rules_code((enum vp_rule)rule));
    for (int kind = 0; kind < VP_AUDIT_KIND_COUNT; kind++)
        printf("fault\t%s\n", vp_audit_word((enum vp_audit_kind)kind));
    for (size_t field = 0; field < FIELD_COUNT; field++)
        printf("field\t%s\n", fields[field].name);
    return EXIT_SUCCESS;
}
