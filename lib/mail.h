/*
 * The text of a notice by mail, and whether one is due. Pure: the clock is an argument, and nothing
 * is sent here.
 */
#ifndef VP_LIB_MAIL_H
#define VP_LIB_MAIL_H

#include "../pam_vpolicy.h"
#include "policy.h"
#include "record.h"
#include "verdict.h"

/* Most steps, and room for an address: RFC 5321 allows 254 bytes. */
#define VP_MAIL_STEPS        16
#define VP_MAIL_ADDRESS_SIZE 255

/* Room for the longest mail, both languages. */
#define VP_MAIL_SIZE 8192

/* The days left at which people are told, the largest first. */
struct vp_mail_steps {
    size_t count;
    int32_t days[VP_MAIL_STEPS];
};

/*
 * Reads "14,7,3,1": whole days from 0 to VP_DURATION_MAX, each smaller than the one before. Returns
 * 0, or -1 (error filled).
 */
VP_CHECKED int vp_mail_read_steps(const char *text, struct vp_mail_steps *steps_out,
                                  struct vp_error *error_out);

/*
 * Whether a notice is due by today's verdict: a change is demanded, or the days left have come down
 * to a step; and the record does not know of a notice for it. Days that were missed give one
 * notice, not several. notified_out: what the record shall know once it has been sent.
 */
VP_CHECKED bool vp_mail_is_due(const struct vp_mail_steps *steps, const struct vp_verdict *verdict,
                               const struct vp_record *record, int32_t today,
                               char notified_out[sizeof(((struct vp_record *)0)->notified)]);

/*
 * Makes an address by a template: %u is the user name, %% a percent sign. Only letters, digits and
 * `.-_+` of a user name may come into it: whatever else there is could be read as more addresses or
 * headers. Returns 0, or -1 (error filled).
 */
VP_CHECKED int vp_mail_address(const char *template, const char *user,
                               char address_out[VP_MAIL_ADDRESS_SIZE], struct vp_error *error_out);

struct vp_mail {
    const char *from, *to; /* addresses of vp_mail_address */
    int64_t now;           /* seconds since 1970 */
    const struct vp_values *values;
    const struct vp_account *account;
    const struct vp_record *record;
    const struct vp_verdict *verdict;
};

/*
 * Writes headers and text (RFC 5322, UTF-8, lines end in \n as sendmail(8) wants them). Where the
 * policy's language is auto, both: a mail has no locale. Message-ID is the mail system's to add.
 * Returns the length, which always fits.
 */
size_t vp_mail_print(const struct vp_mail *mail, char buffer[VP_MAIL_SIZE]);

/* Writes a header field's text as RFC 2047 encoded words where it is not plain ASCII. */
void vp_mail_encode(const char *text, char *buffer, size_t size);

/* The headers of a mail of ours, up to the empty line: for digests, too. */
void vp_mail_headers(const char *from, const char *to, const char *subject, int64_t now,
                     char *buffer, size_t size);

#endif
