/*
 * What the subcommands of vpolicy(8) share: their arguments, the words they say, and the accounts
 * they are asked about. vpolicy.c holds the table of subcommands; each big one has a file here.
 */
#ifndef VP_CMD_COMMAND_H
#define VP_CMD_COMMAND_H

#include "../lib/inquiry.h"
#include "../pam_vpolicy.h"

/* Exit statuses, in the order of their weight: the largest of several counts. */
enum cmd_status {
    CMD_YES,   /* done, let in, accepted, no fault */
    CMD_NO,    /* refused, faulty */
    CMD_ERROR, /* wrong usage, or it could not be done or told */
};

/* The options that subcommands take beside --user, --policy, --state and --help; a set of bits. */
enum cmd_option {
    CMD_REASON = 1 << 0,
    CMD_INCIDENT = 1 << 1,
    CMD_LOCK = 1 << 2,
    CMD_ON = 1 << 3,
    CMD_NOTE = 1 << 4,
    CMD_WITHIN = 1 << 5,
    CMD_DRY_RUN = 1 << 6,
    CMD_BATCH = 1 << 7,
    CMD_STAMP_ONLY = 1 << 8,
    CMD_USER = 1 << 9,
    CMD_MAIL = 1 << 10,
    CMD_SELECT = 1 << 11, /* whole sets of accounts: --group, --all, --changed-before */
    CMD_ASK = 1 << 12,    /* asks before it does something to a whole set: --yes */
    CMD_JSON = 1 << 13,
    CMD_CSV = 1 << 14,
    CMD_LIST = 1 << 15,
    CMD_FILE = 1 << 16,
    CMD_STRICT = 1 << 17,
};

/* A command line taken apart by arguments.c. Texts belong to argv. */
struct cmd_arguments {
    const char *policy_path, *state_dir; /* or NULL */
    const char *reason, *incident, *on, *note, *within;
    const char *days, *max, *from, *to, *sendmail, *admins;
    const char *group, *changed_before;
    const char *in_state, *due, *idle, *by; /* of list */
    const char *file;
    bool lock, dry_run, batch, stamp_only, all, yes, json, csv, strict, help, version;
    const struct vp_policy *draft; /* a policy to judge by instead of the file's, or NULL */
    const char **names;            /* those of --user first; the caller frees it */
    size_t name_count;
    size_t option_count; /* of names: as many came by --user */
    int64_t now;         /* seconds since 1970, one moment for the whole run */
};

typedef enum cmd_status cmd_function(const struct cmd_arguments *arguments);

/* A row of the table of subcommands. */
struct cmd_command {
    const char *name;
    const char *synopsis; /* what follows the name */
    const char *summary;  /* one line */
    const char *details;  /* lines for --help */
    int options;          /* enum cmd_option, a set of bits */
    size_t names_min, names_max;
    const char *no_words; /* NULL, or why names may come by --user only */
    cmd_function *run;
};

cmd_function cmd_status_report, cmd_check, cmd_diff, cmd_edit, cmd_list, cmd_show, cmd_suspect,
    cmd_clear, cmd_close, cmd_reopen, cmd_test, cmd_generate, cmd_adopt, cmd_forget, cmd_prune,
    cmd_notify, cmd_stack;

/* ---- arguments.c ----------------------------------------------------------------------------- */

/*
 * Reads the global options, up to the subcommand: returns its index in argv (argc where there is
 * none), or -1 after an error message. arguments_out->names is NULL.
 */
VP_CHECKED int cmd_read_globals(int argc, char **argv, struct cmd_arguments *arguments_out);

/*
 * Reads what follows a subcommand; argv[0] is its name. Adds to arguments. Returns 0, or -1 after
 * an error message; in both cases the caller frees arguments->names.
 */
VP_CHECKED int cmd_read_arguments(const struct cmd_command *command, int argc, char **argv,
                                  struct cmd_arguments *arguments);

/* What a line means for whoever has to act on it: a colour on a terminal. */
enum cmd_tone { CMD_PLAIN, CMD_GOOD, CMD_WARN, CMD_BAD };

/* ---- say.c ----------------------------------------------------------------------------------- */

/*
 * Print one line, without its newline in format, to standard output and as `vpolicy: ...` to
 * standard error. Whatever could move a cursor or colour a terminal comes out as `?`, tabs
 * excepted: names, notes and policy texts are other people's.
 */
void cmd_say(const char *format, ...) VP_PRINTF(1, 2);
void cmd_say_toned(enum cmd_tone tone, const char *format, ...) VP_PRINTF(2, 3);
void cmd_complain(const char *format, ...) VP_PRINTF(1, 2);
void cmd_complain_error(const struct vp_error *error);

/* What begins and ends a tone on standard output: "" unless that is a terminal (NO_COLOR unset). */
const char *cmd_tone_begin(enum cmd_tone tone);
const char *cmd_tone_end(enum cmd_tone tone);

/* Replaces control characters, and what turns the direction of writing, by `?` in place. */
void cmd_blunt(char *text, bool keep_tabs);

/* Writes an administrator's act to the log: who did what to whom, and why. */
void cmd_log(const char *format, ...) VP_PRINTF(1, 2);

/* A word as a shell would read it back: quoted where it must be. */
void cmd_quote(const char *word, char *buffer, size_t size);

/* Says a line that is for people only: nothing where the output is JSON or CSV. */
void cmd_remark(const struct cmd_arguments *arguments, const char *format, ...) VP_PRINTF(2, 3);

/*
 * Asks a yes-or-no question on the terminal; anything but y or yes is no. Without a terminal to ask
 * at it says how to answer beforehand, and that is no too.
 */
VP_CHECKED bool cmd_confirm(const struct cmd_arguments *arguments, const char *format, ...)
    VP_PRINTF(2, 3);

/* Shows how far a long run has come, on a terminal only. done == total takes the line away. */
void cmd_progress(size_t done, size_t total);

/* ---- sheet.c --------------------------------------------------------------------------------- */

/* Most columns of a sheet. */
#define CMD_COLUMNS_MAX 16

struct cmd_column {
    const char *name; /* JSON's and CSV's word, and the heading */
    bool number;      /* cells are decimal numbers */
    bool toned;       /* the cell is coloured by its row's tone */
};

/* Rows of data: lines with tabs, aligned on a terminal; CSV (RFC 4180) or a JSON array if asked. */
struct cmd_sheet;

/* columns stay the caller's and must live as long. Returns NULL after an error message. */
struct cmd_sheet *cmd_sheet_open(const struct cmd_arguments *arguments,
                                 const struct cmd_column *columns, size_t width);

/* Adds a row of one cell a column; NULL is an empty one. 0, or -1 where memory is short. */
VP_CHECKED int cmd_sheet_row(struct cmd_sheet *sheet, enum cmd_tone tone, const char *const *cells);

/* Prints what is left to print, and frees. NULL is allowed. */
void cmd_sheet_close(struct cmd_sheet *sheet);

/* ---- check.c --------------------------------------------------------------------------------- */

/*
 * Reads a policy file whoever may have written it, and tells every fault and warning. Returns 0
 * with policy_out for vp_policy_free; 1 where it is faulty, or -1 where it cannot be read, with
 * policy_out empty; both have been told.
 */
VP_CHECKED int cmd_check_file(const struct cmd_arguments *arguments, const char *file,
                              struct vp_policy *policy_out);

/* ---- difference.c ---------------------------------------------------------------------------- */

/* So far ahead a draft is judged, beside today. */
#define CMD_DIFFERENCE_DAYS 14

/* For whom it would be otherwise under a draft. Days: today, and in CMD_DIFFERENCE_DAYS. */
struct cmd_difference {
    struct cmd_difference_row *rows;
    size_t count, room;
    size_t due[2][2], closed[2][2]; /* by day, and by policy: in force, draft */
    bool worse;                     /* somebody would become due or closed */
};

/* Judges all local accounts by both policies. Returns 0, or -1 after an error message. */
VP_CHECKED int cmd_difference_find(const struct cmd_arguments *arguments,
                                   const struct vp_policy *draft,
                                   struct cmd_difference *difference_out);
void cmd_difference_free(struct cmd_difference *difference);

/* Says the totals of both days. */
void cmd_difference_say(const struct cmd_arguments *arguments,
                        const struct cmd_difference *difference);

/* ---- lists.c --------------------------------------------------------------------------------- */

/*
 * What is wrong with the files of words and breached passwords that a policy names: the line that
 * names one, and "KEY: PATH: WHAT".
 */
void cmd_lists_visit_faults(const struct vp_policy *policy,
                            void visit(void *context, unsigned line, const char *fault),
                            void *context);

/* ---- people.c -------------------------------------------------------------------------------- */

/* The question about one account that the arguments ask. */
struct vp_question cmd_question(const struct cmd_arguments *arguments, const char *user,
                                bool look_only);

/* Canonical names, each once, in order. */
struct cmd_people {
    size_t count, room;
    char (*names)[VP_NAME_MAX + 1];
    size_t exempt; /* as many are exempt; counted twice where named and selected */
};

/* Says why an account cannot be the object of a command that counts from this day, or NULL. */
typedef const char *cmd_objection(const struct vp_inquiry *inquiry, int32_t day);

/* Whom a command takes. */
struct cmd_scruples {
    cmd_objection *object; /* or NULL: nobody is refused */
    bool (*pass_over)(const struct vp_inquiry *inquiry,
                      int32_t day); /* whom no set takes, or NULL */
    const char *spared;             /* a name that no set takes, which is said; or NULL */
    int32_t day;                    /* for these */
};

/*
 * Judges every account that is meant before anything is done to one: each must exist, its record be
 * readable and the store writable, and scruples (may be NULL) have nothing against it. Returns 0
 * with people_out to be given to cmd_people_free, or -1 when all that is wrong has been said.
 */
VP_CHECKED int cmd_people_find(const struct cmd_arguments *arguments,
                               const struct cmd_scruples *scruples, struct cmd_people *people_out);

/* The parts of it: says why no record at all can be changed, or why this one cannot. */
bool cmd_people_store_wrong(const struct vp_inquiry *inquiry);
bool cmd_people_fit(const struct vp_inquiry *inquiry, cmd_objection *object, int32_t day);

/* Drops what stands twice; the order becomes that of the names. */
void cmd_people_unite(struct cmd_people *people);

/* Adds a name at the end. 0, or -1 where memory is short. */
VP_CHECKED int cmd_people_add(struct cmd_people *people, const char *name);

/*
 * Finds the names of which the store holds something, and which no account bears any more: they are
 * not in local (all names of the passwd file, which is put in order) nor in a directory. copies: of
 * whom nothing but a copy is left, too. Returns 0
 * with people_out to be given to cmd_people_free, or -1 after an error message, also where NSS
 * cannot tell.
 */
VP_CHECKED int cmd_people_gone(const struct vp_store *store, struct cmd_people *local, bool copies,
                               struct cmd_people *people_out);

/*
 * Asks before something is done to a whole set; who is named has been meant. act: what follows
 * "7 accounts", such as "would be suspected".
 * Returns whether to go on; where not, that has been said.
 */
VP_CHECKED bool cmd_people_confirm(const struct cmd_arguments *arguments,
                                   const struct cmd_people *people, const char *act);
void cmd_people_free(struct cmd_people *people);

/*
 * Opens an account's inquiry and takes its lock, so that its record can be changed. Returns 0, or
 * -1 after an error message. Close the inquiry in both cases.
 */
VP_CHECKED int cmd_people_hold(const struct cmd_arguments *arguments, const char *user,
                               struct vp_inquiry *inquiry_out);

/* ---- wall.c ---------------------------------------------------------------------------------- */

/*
 * Sets shadow's expiry date to what the record's marks want, and says so. before: what had been
 * wanted; that date is ours to move. 0, or -1 after an error message.
 */
VP_CHECKED int cmd_wall_build(const struct vp_inquiry *inquiry, int32_t before);

/*
 * Takes down what the old record wanted and the new one does not, and forgets the former date when
 * no mark needs it any more. 0, or -1 after an error message.
 */
VP_CHECKED int cmd_wall_take_down(const struct vp_account *account, const struct vp_record *old,
                                  struct vp_record *record);

/* ---- leavers.c ------------------------------------------------------------------------------- */

/* Somebody who left, by a line of the list. */
struct cmd_leaver {
    char name[VP_NAME_MAX + 1]; /* canonical */
    unsigned line;              /* of the list */
    int32_t from;
    enum vp_reason reason;
};

struct cmd_leavers {
    struct cmd_leaver *leavers; /* in the order of the list */
    size_t count, staying;
};

/*
 * Reads arguments->file, a list as lib/roster.h has it. Whoever it names must exist, once, and be
 * fit for a change (cmd_people_fit). Returns 0 with leavers_out to be given to cmd_leavers_free, or
 * -1 when all that is wrong has been said, each with its line.
 */
VP_CHECKED int cmd_leavers_read(const struct cmd_arguments *arguments, cmd_objection *object,
                                struct cmd_leavers *leavers_out);
void cmd_leavers_free(struct cmd_leavers *leavers);

/* ---- file.c ---------------------------------------------------------------------------------- */

/*
 * Reads a regular file whoever may have written it, up to max bytes; "-" is standard input. Returns
 * a block to free with a NUL behind its length_out bytes, or NULL (error filled).
 */
char *cmd_file_read(const char *path, size_t max, size_t *length_out, struct vp_error *error_out);

/* ---- groups.c -------------------------------------------------------------------------------- */

/* The groups that the policy names, with their members. */
struct cmd_groups;

/* Reads them. Returns NULL after an error message. */
struct cmd_groups *cmd_groups_open(const struct cmd_arguments *arguments);
void cmd_groups_close(struct cmd_groups *groups);

/* The names of those that the account is in: a block to free, or NULL where memory is short. */
const char **cmd_groups_of(const struct cmd_groups *groups, const struct vp_account *account,
                           size_t *count_out);

/* One group by its name, with its members read once. NULL after an error message. */
struct cmd_group;
struct cmd_group *cmd_group_open(const char *name);
void cmd_group_close(struct cmd_group *group);

/* Whether the account is in it, also as its first group; remembers who was asked for. */
bool cmd_group_take(struct cmd_group *group, const struct vp_account *account);

/* Visits the members who have not been asked for: they are in no local passwd file. */
int cmd_group_visit_rest(const struct cmd_group *group, vp_account_visitor *visit, void *context);

/* Whether an account is in a group; not where NSS cannot tell. */
bool cmd_is_in_group(const struct vp_account *account, const char *group);

/* ---- known.c --------------------------------------------------------------------------------- */

/* What is read once for all accounts: the stamp, and who is in which of the policy's groups. */
struct cmd_known;

/*
 * Reads it. A store that is missing is an error unless arguments ask for a dry run. Returns NULL
 * after an error message.
 */
struct cmd_known *cmd_known_open(const struct cmd_arguments *arguments);
void cmd_known_close(struct cmd_known *known);

/* What vp_inquiry_open_known wants for one account: for cmd_known_drop; NULL = no memory. */
struct vp_known *cmd_known_of(const struct cmd_known *all, const struct vp_account *account);
void cmd_known_drop(struct vp_known *known);

/* Told of one account as it is, nothing held; inquiry is only lent. 0 = go on, -1 = no memory. */
typedef int cmd_inquiry_visitor(void *context, const struct vp_inquiry *inquiry);

/*
 * Visits every local account, each as one inquiry that only looks. Returns 0, or -1 after an error
 * message.
 */
VP_CHECKED int cmd_known_visit(const struct cmd_arguments *arguments, cmd_inquiry_visitor *visit,
                               void *context);

/*
 * Makes room in an array for one more element. Returns where it stands now, or NULL where memory is
 * short: then it stands where it stood.
 */
void *cmd_grow(void *array, size_t count, size_t *room, size_t size);

/* ---- select.c -------------------------------------------------------------------------------- */

/* Whether arguments select whole sets of accounts (--group, --all, --changed-before). */
bool cmd_selects(const struct cmd_arguments *arguments);

/*
 * Whether an account stands for somebody who logs in: not the system's (uid below min_uid, and the
 * kernel's overflow uid), which whole sets leave out.
 */
bool cmd_is_person(const struct vp_inquiry *inquiry);

/* Told of one account; selected: by a set, not by its name. 0 = go on, -1 = no memory, 1 = stop. */
typedef int cmd_select_visitor(void *context, const struct vp_inquiry *inquiry, bool selected);

/*
 * Visits whom arguments mean, each as one inquiry that only looks: those who are named, by the
 * command line or (`-`) by standard input, and the persons whom a set selects; everybody, nobody
 * being meant: all local accounts, the system's too. Who is named and selected comes twice.
 * Returns 0, or -1 after error messages; who is named and does not exist keeps no other from being
 * visited.
 */
VP_CHECKED int cmd_select_visit(const struct cmd_arguments *arguments, bool everybody,
                                cmd_select_visitor *visit, void *context);

/* ---- standing.c ------------------------------------------------------------------------------ */

/* How an account stands; the words are those of `vpolicy list --state`. */
enum cmd_state {
    CMD_STATE_OK,
    CMD_STATE_WARN,
    CMD_STATE_MUST_CHANGE,
    CMD_STATE_CLOSED,
    CMD_STATE_SCHEDULED, /* will be closed */
    CMD_STATE_EXEMPT,
    CMD_STATE_NO_PASSWORD, /* none that could match: nothing to expire */
    CMD_STATE_UNREADABLE,  /* no verdict can be had */
    CMD_STATE_COUNT
};

struct cmd_standing {
    enum cmd_state state;
    enum vp_reason why; /* MUST_CHANGE, CLOSED, SCHEDULED; else VP_REASON_NONE */
    int32_t since;      /* the first day of that, or VP_NO_DAY */
    int32_t due;        /* when the password is due, or since when; VP_NEVER */
};

struct cmd_standing cmd_standing_of(const struct vp_inquiry *inquiry);
const char *cmd_state_word(enum cmd_state state);
enum cmd_tone cmd_state_tone(enum cmd_state state);

/* ---- units.c --------------------------------------------------------------------------------- */

/* Which groups of the local group file everybody is in. */
struct cmd_units;

/* Reads the group file once. Returns NULL after an error message. */
struct cmd_units *cmd_units_open(void);
void cmd_units_close(struct cmd_units *units);

/*
 * Visits the account's groups, its first one first, but for one that bears its own name. Returns 0
 * or the visitor's value where it stopped.
 */
int cmd_units_visit(const struct cmd_units *units, const struct vp_account *account,
                    vp_account_visitor *visit, void *context);

/* The same as names with blanks between; cut where there is no room. */
void cmd_units_print(const struct cmd_units *units, const struct vp_account *account, char *buffer,
                     size_t size);

/* ---- sendmail.c ------------------------------------------------------------------------------ */

/*
 * Hands one mail, headers and all, to the program at this absolute path. from and to are addresses
 * of vp_mail_address. Returns 0 once it has taken the mail, or -1 after an error message.
 */
VP_CHECKED int cmd_sendmail(const char *path, const char *from, const char *to, const char *text);

/* ---- digest.c -------------------------------------------------------------------------------- */

/* Sends arguments->admins one mail about everybody who is due, closed or idle, by group. */
enum cmd_status cmd_digest(const struct cmd_arguments *arguments, const char *from,
                           const char *sendmail);

/* ---- stack.c --------------------------------------------------------------------------------- */

/*
 * Counts what cmd_stack would say: the services that it judges (arguments->names, or all), and
 * their faults. Returns 0, or -1 after an error message.
 */
VP_CHECKED int cmd_stack_count(const struct cmd_arguments *arguments, size_t *services_out,
                               size_t *faults_out);

/* ---- traces.c -------------------------------------------------------------------------------- */

/* What goes on after a mark, as found on this machine, each with the command that ends it. */
struct cmd_traces;

/* Looks at the machine once. Returns NULL where memory is short. */
struct cmd_traces *cmd_traces_open(void);
void cmd_traces_close(struct cmd_traces *traces);

/* Says what goes on for one account. shut: its mark closes or locks it. */
void cmd_traces_say(const struct cmd_traces *traces, const struct vp_account *account, bool shut);

/* What shows that an account may be no person's; looks as cmd_traces_say does. */
enum cmd_hint { CMD_HINT_NONE, CMD_HINT_CRONTAB, CMD_HINT_KEYS, CMD_HINT_NO_SHELL, CMD_HINT_COUNT };
enum cmd_hint cmd_traces_hint(const struct vp_account *account);
const char *cmd_hint_word(enum cmd_hint hint);

/* ---- trial.c --------------------------------------------------------------------------------- */

/* Whose rules a new password must keep. */
struct cmd_trial {
    struct vp_inquiry inquiry;
    bool known;         /* an account was named */
    bool history_known; /* and its hashes can be read */
};

/* user: whose, or NULL. Returns 0, or -1 after an error message. Close it in both cases. */
VP_CHECKED int cmd_trial_open(const struct cmd_arguments *arguments, const char *user,
                              struct cmd_trial *trial_out);
void cmd_trial_close(struct cmd_trial *trial);

/* ---- seen.c ---------------------------------------------------------------------------------- */

/* Whom this machine has seen log in, by lastlog and wtmp. */
struct cmd_seen;

/* Reads wtmp once. Returns NULL after an error message. */
struct cmd_seen *cmd_seen_open(void);
void cmd_seen_close(struct cmd_seen *seen);

/* Whether there is anything to tell by. */
bool cmd_seen_can_tell(const struct cmd_seen *seen);

/* Whether any login of the account is known. */
bool cmd_seen_ever(const struct cmd_seen *seen, const struct vp_account *account);

#endif
