# Builds, tests and installs pam_vpolicy. `make help` lists the targets, README says what for.
# GNU make; no configure step, because there is nothing to configure but places.

# ---- places: settable on the command line ---------------------------------------------------

# What the package manager owns is left to it. Three things cannot follow PREFIX: libpam loads
# modules from its own directory, pam-auth-update reads only /usr/share, and userdel and AppArmor
# only /etc.
PREFIX      = /usr/local
SBINDIR     = $(PREFIX)/sbin
MANDIR      = $(PREFIX)/share/man
DOCDIR      = $(PREFIX)/share/doc/pam_vpolicy
SYSCONFDIR  = /etc
STATEDIR    = /var/lib/vpolicy
POLICY_PATH = $(SYSCONFDIR)/security/vpolicy.conf
PROFILEDIR  = /usr/share/pam-configs
USERDELDIR  = $(SYSCONFDIR)/shadow-maint/userdel-post.d
UNITDIR     = $(PREFIX)/lib/systemd/system
COMPLETIONDIR = $(PREFIX)/share/bash-completion/completions
APPARMORDIR = $(SYSCONFDIR)/apparmor.d/abstractions/authentication.d
# The multiarch directory of this system, found when it is needed.
PAMDIR      = $(shell build-aux/pam-dir $(CC))
BUILD       = build

# ---- compiler and linker: every flag with its reason ----------------------------------------

# Yours to set. Ours stand in variables of their own, so that CFLAGS=-O0 drops no protection.
CC     ?= cc
AR     ?= ar
CFLAGS ?= -O2 -g

# $(call has,FLAG): FLAG where the compiler knows it. -Werror because clang only warns of others.
has = $(shell $(CC) -Werror $(1) -c -x c /dev/null -o /dev/null 2>/dev/null && echo "$(1)")

# C11 with GNU's extensions: explicit_bzero, reallocarray, getpwnam_r and the like are needed.
DIALECT = -std=gnu11 -D_GNU_SOURCE

# -Wconversion: a length that loses bits in a quiet conversion is how passwords get cut.
# -Wshadow: a variable that hides another is read wrongly by whoever reviews it.
# -Wformat=2: a format that is not a literal may hold a user's word.
# -Wmissing-prototypes: what no header declares ought to be static.
# -Wvla: the stack of a thread in Apache or Dovecot is small, and no length may decide on it.
WARNINGS = -Wall -Wextra -Wconversion -Wshadow -Wformat=2 -Wstrict-prototypes \
           -Wmissing-prototypes -Wvla

# Only in our own builds (make check): a warning that next year's compiler invents must not stop
# an administrator from building.
ifdef WERROR
WARNINGS += -Werror
endif

# _FORTIFY_SOURCE: checked copies. 3 also follows sizes known only at run time; a libc or
#   compiler that has no 3 warns, and gets 2. First undefined: some compilers preset it. Not at
#   -O0, where it does nothing but warn.
# -fstack-protector-strong: the module parses what users type, inside sshd.
# -fstack-clash-protection: a large frame cannot step over the guard page.
# -fcf-protection: our code is ready for CET, by which indirect jumps land only where they may. The
#   linker marks a file so only where libc's start-up objects are ready, too: Debian's are not yet.
FORTIFY   := $(shell echo '\#include <features.h>' | \
               $(CC) -O2 -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -E -x c - >/dev/null 2>&1 && \
               echo 3 || echo 2)
HARDENING := -U_FORTIFY_SOURCE $(if $(filter -O0,$(CFLAGS)),,-D_FORTIFY_SOURCE=$(FORTIFY)) \
             -fstack-protector-strong \
             $(call has,-fstack-clash-protection) $(call has,-fcf-protection)

# -z relro, -z now: every address is resolved and made read-only before the first call.
# -z noexecstack: no object of ours needs code on the stack; say so even if one forgets.
# --as-needed: no library is loaded into every login that nothing uses.
LINKING = -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed

# -fPIC: the archive is linked into a shared object; the command takes the same objects.
# -fvisibility=hidden: calls within the archive are direct, and none can be diverted.
LIB_FLAGS = -fPIC -fvisibility=hidden

# --no-undefined: a name that nobody defines fails here, not at a login.
# The map exports pam_sm_* alone; only their own object is compiled with visible names.
MODULE_FLAGS   = -fPIC
MODULE_LINKING = -shared -Wl,--no-undefined,--version-script=build-aux/module.map

# A program at an address that changes from run to run.
COMMAND_LINKING = -pie

PLACES = -DVP_POLICY_PATH='"$(POLICY_PATH)"' -DVP_STATE_DIR='"$(STATEDIR)"'

# -MMD -MP: which headers an object was made of, for the next run.
COMPILE = $(CC) $(DIALECT) $(WARNINGS) $(HARDENING) $(PLACES) $(CPPFLAGS) $(CFLAGS) -MMD -MP

# One short line a file; make V=1 shows the commands.
ifdef V
say =
else
say = @echo "  $(1)";
endif

# ---- building -------------------------------------------------------------------------------

LIB_OBJECTS     = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard lib/*.c))) $(BUILD)/lib/wordlist.o
COMMAND_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,vpolicy.c $(sort $(wildcard cmd/*.c)))
# The maker of lists shares the command's way to write on a terminal.
LISTER_OBJECTS  = $(patsubst %.c,$(BUILD)/%.o,vpolicy-breached.c $(sort $(wildcard breached/*.c)))
MODULE_OBJECTS  = $(BUILD)/pam_vpolicy.o
UNIT_OBJECTS    = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/unit/*.c)))
# They look for secrets in memory as the unit tests do.
PAM_OBJECTS     = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/pam/*.c)) tests/unit/memory.c)
OBJECTS         = $(LIB_OBJECTS) $(COMMAND_OBJECTS) $(LISTER_OBJECTS) $(MODULE_OBJECTS) $(UNIT_OBJECTS) $(PAM_OBJECTS) \
                  $(BUILD)/tests/doc/words.o $(FUZZ_OBJECTS)

LIBRARY = $(BUILD)/libvpolicy.a
MODULE  = $(BUILD)/pam_vpolicy.so
COMMAND = $(BUILD)/vpolicy
LISTER  = $(BUILD)/vpolicy-breached
UNIT    = $(BUILD)/tests/unit/unit
PAM     = $(BUILD)/tests/pam/pam
PAM_MOCKS = $(patsubst tests/pam/module/%.c,$(BUILD)/tests/pam/%.so,$(wildcard tests/pam/module/*.c))
WORDS   = $(BUILD)/tests/doc/words
FUZZ_TARGETS = $(patsubst tests/fuzz/corpus/%/,%,$(wildcard tests/fuzz/corpus/*/))
FUZZ_REPLAYS = $(FUZZ_TARGETS:%=$(BUILD)/tests/fuzz/%)
FUZZ_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/fuzz/*.c))
# Files of conf/ that name places.
FILLED  = $(BUILD)/conf/userdel-post.d/vpolicy $(BUILD)/conf/apparmor/vpolicy \
          $(foreach unit,notify digest,$(BUILD)/conf/systemd/vpolicy-$(unit).service)

.DELETE_ON_ERROR:
.SUFFIXES:

all: $(MODULE) $(COMMAND) $(LISTER) $(FILLED) ## build the module and the commands (the default)

$(LIBRARY): $(LIB_OBJECTS)
	@rm -f $@
	$(call say,AR $@)$(AR) rcs $@ $(LIB_OBJECTS)

$(MODULE): $(MODULE_OBJECTS) $(LIBRARY) build-aux/module.map
	$(call say,LD $@)$(CC) $(CFLAGS) $(MODULE_LINKING) $(LINKING) $(LDFLAGS) -o $@ \
	    $(MODULE_OBJECTS) $(LIBRARY) -lpam

$(COMMAND): $(COMMAND_OBJECTS) $(LIBRARY)
	$(call say,LD $@)$(CC) $(CFLAGS) $(COMMAND_LINKING) $(LINKING) $(LDFLAGS) -o $@ \
	    $(COMMAND_OBJECTS) $(LIBRARY) -ljansson

$(LISTER): $(LISTER_OBJECTS) $(BUILD)/cmd/say.o $(LIBRARY)
	$(call say,LD $@)$(CC) $(CFLAGS) $(COMMAND_LINKING) $(LINKING) $(LDFLAGS) -o $@ \
	    $(LISTER_OBJECTS) $(BUILD)/cmd/say.o $(LIBRARY)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC $<)$(COMPILE) $(if $(filter $(MODULE_OBJECTS),$@),$(MODULE_FLAGS),$(LIB_FLAGS)) \
	    $(DEFINES) -c -o $@ $<

# The built-in words, as a table that is read only: no file can be missing when a password is
# changed. Its maker runs on the machine that builds.
CC_FOR_BUILD ?= $(CC)
WORD_LISTS    = $(sort $(wildcard conf/words/*.txt))
WORD_MAKER    = build-aux/words.c lib/fold.c lib/text.c lib/secret.c

$(BUILD)/words: $(WORD_MAKER) lib/wordlist.h lib/fold.h lib/text.h
	@mkdir -p $(@D)
	$(call say,CC $@)$(CC_FOR_BUILD) $(DIALECT) -O1 -o $@ $(WORD_MAKER)

$(BUILD)/lib/wordlist.c: $(BUILD)/words $(WORD_LISTS)
	@mkdir -p $(@D)
	$(call say,WORDS $@)$(BUILD)/words $(WORD_LISTS) > $@

$(BUILD)/lib/wordlist.o: $(BUILD)/lib/wordlist.c lib/wordlist.h $(BUILD)/flags
	$(call say,CC $<)$(COMPILE) $(LIB_FLAGS) -I. -c -o $@ $<

# These libraries are loaded when they are needed and not before: at a login none is. Their
# sonames are those of the development files that we compile against.
$(BUILD)/lib/hash.o: $(BUILD)/libcrypt.soname
$(BUILD)/lib/hash.o: DEFINES = -DVP_CRYPT_SONAME='"$(shell cat $(BUILD)/libcrypt.soname)"'
$(BUILD)/lib/unicode.o: $(BUILD)/libutf8proc.soname
$(BUILD)/lib/unicode.o: DEFINES = -DVP_UTF8PROC_SONAME='"$(shell cat $(BUILD)/libutf8proc.soname)"'

$(BUILD)/lib/breached.o: $(BUILD)/libmd.soname
$(BUILD)/lib/breached.o: DEFINES = -DVP_LIBMD_SONAME='"$(shell cat $(BUILD)/libmd.soname)"'

$(BUILD)/lib%.soname: build-aux/soname
	@mkdir -p $(@D)
	@build-aux/soname $* $(CC) > $@

$(FILLED): $(BUILD)/conf/%: conf/%.in $(BUILD)/flags
	@mkdir -p $(@D)
	@sed 's|@SBINDIR@|$(SBINDIR)|g; s|@STATEDIR@|$(STATEDIR)|g; s|@POLICY_PATH@|$(POLICY_PATH)|g' \
	    $< > $@

# Other flags or places make other files: this one changes when they do, and only then.
$(BUILD)/flags: force
	@mkdir -p $(@D)
	@printf '%s\n' "$$FLAGS_NOW" | cmp -s - $@ || printf '%s\n' "$$FLAGS_NOW" > $@
$(BUILD)/flags: export FLAGS_NOW = $(COMPILE) $(LIB_FLAGS) $(LINKING) $(LDFLAGS) $(SBINDIR)

-include $(OBJECTS:.o=.d)

# ---- testing --------------------------------------------------------------------------------

# Every stage is a target that can be made alone. What must not read as passed is a stage whose
# tool is missing: `need` installs it or stops.
check: ## install what is missing for it, then run every test but Debian 13's
	@build-aux/need check
	@MAKE='$(MAKE)' build-aux/stages check format-check check-gcc check-clang layers lint-man \
	    check-doc check-unit check-fuzz asan check-pam check-cmd check-completion check-install check-e2e

# Two builds beside the one of `make`, so that neither spoils the other.
check-gcc check-clang: check-%: ## build with gcc, with clang; every warning an error
	@$(MAKE) --no-print-directory -j$$(nproc) all test-programs CC=$* WERROR=1 BUILD=$(BUILD)/$*
	@tests/layers $(BUILD)/$*

test-programs: $(UNIT) $(PAM) $(PAM_MOCKS) $(WORDS) $(FUZZ_REPLAYS) ## build the test programs, run none

check-unit: $(UNIT) ## test each file of lib/ alone
	$<

check-pam: $(PAM) $(PAM_MOCKS) $(MODULE) ## test the module in process, by libpam itself
	VP_MODULE=$(abspath $(MODULE)) $<

check-fuzz: $(FUZZ_REPLAYS) ## give the fuzz targets the inputs that are kept in tests/fuzz/corpus
	@$(MAKE) --no-print-directory replay

replay: ## the same with programs that are built
	@for target in $(FUZZ_TARGETS); do \
	    $(BUILD)/tests/fuzz/$$target tests/fuzz/corpus/$$target || exit 1; \
	done

# gcc's: what it links is found by whatever loads the module. The programs of tests/pam put functions
# of their own in libc's place, and so do the sanitizers: those are left out.
asan: ## run the unit tests and the kept fuzz inputs under AddressSanitizer and UBSan
	@$(MAKE) --no-print-directory -j$$(nproc) asan-programs CC=gcc BUILD=$(BUILD)/asan \
	    CFLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"
	$(BUILD)/asan/tests/unit/unit
	@$(MAKE) --no-print-directory replay BUILD=$(BUILD)/asan

asan-programs: $(UNIT) $(FUZZ_REPLAYS) ## what make asan runs (with its compiler and flags)

# What is found goes into the corpus by hand, as a file with a name that says what it was.
FUZZ_SECONDS = 60
fuzz: ## look for inputs that break the library, FUZZ_SECONDS for each target (clang)
	@$(MAKE) --no-print-directory -j$$(nproc) fuzzers CC=clang BUILD=$(BUILD)/fuzz \
	    CFLAGS="-O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined"
	@for target in $(FUZZ_TARGETS); do \
	    mkdir -p $(BUILD)/fuzz/found/$$target; \
	    $(BUILD)/fuzz/tests/fuzz/$$target-fuzzer -max_total_time=$(FUZZ_SECONDS) -timeout=10 \
	        -print_final_stats=1 -artifact_prefix=$(BUILD)/fuzz/found/$$target- \
	        $(BUILD)/fuzz/found/$$target tests/fuzz/corpus/$$target > $(BUILD)/fuzz/$$target.log 2>&1 || \
	        { tail -n 60 $(BUILD)/fuzz/$$target.log; exit 1; }; \
	    grep -e execs: -e units: -e DONE $(BUILD)/fuzz/$$target.log | sed "s/^/$$target: /"; \
	done

check-doc: all $(WORDS) ## compare the manual pages, README and policy file with the code
	tests/doc/run $(BUILD)

check-cmd: all ## test the command through its real binary
	tests/cmd/run $(BUILD)

check-completion: all ## test what bash offers for a line of vpolicy
	tests/completion/run $(BUILD)

check-e2e: all ## test with real programs in a private Debian 12
	tests/e2e/run --system debian12

check-web: all ## test the recipes in doc/ for web servers and webmail, in a private Debian 12 that has them
	@build-aux/need try
	tests/e2e/run --system debian12-web --no-host

check-debian13: all ## the same in a private Debian 13
	@build-aux/need check
	tests/install/run debian13
	tests/e2e/run --system debian13

check-install: all ## test install, uninstall and the generated PAM stacks in a private system
	tests/install/run

check-package: ## test the Debian package: build, install, upgrade, remove and purge it in a private system
	@build-aux/need try
	tests/package/run

try: ## play the policy's story with real programs in a private copy of this system
	@build-aux/need try
	@$(MAKE) --no-print-directory -j$$(nproc) all
	tests/e2e/try

bench: all ## measure what the command costs with 100,000 accounts; nothing can fail by being slow
	tests/bench/run $(BUILD)

bench-strength: all ## compare with pam_pwquality and pam_passwdqc: what is accepted, what it costs (LISTS: weak ones of yours)
	@build-aux/need try
	tests/bench/strength $(LISTS)

ENTRIES = 10000000
bench-breached: all ## what a list of breached passwords costs beside passwdqc's filter (ENTRIES=10000000)
	@build-aux/need try
	tests/bench/breached $(ENTRIES)

layers: all ## check who calls whom: what the objects may call, keep and export
	tests/layers --self-test
	tests/layers $(BUILD)

C_FILES = $(wildcard *.[ch] build-aux/*.c lib/*.[ch] cmd/*.[ch] breached/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch])

format: ## bring the C files into .clang-format's layout
	clang-format -i $(C_FILES)

format-check: ## check that they are
	clang-format --dry-run -Werror $(C_FILES)

MAN_PAGES = $(wildcard man/*.[58])

lint-man: ## check the manual pages with mandoc and groff
	@test -n "$(MAN_PAGES)"
	mandoc -T lint -W warning $(MAN_PAGES)
	@for page in $(MAN_PAGES); do groff -ww -mandoc -z -Tutf8 -k $$page 2>&1; done | \
	    awk '{ print } END { exit NR > 0 }'

# Check is found by pkg-config, as its manual says.
$(UNIT_OBJECTS) $(PAM_OBJECTS): DEFINES = $(shell pkg-config --cflags check)

$(UNIT): $(UNIT_OBJECTS) $(LIBRARY)
	$(call say,LD $@)$(CC) $(CFLAGS) $(LINKING) -o $@ $(UNIT_OBJECTS) $(LIBRARY) $$(pkg-config --libs check)

# Bound at once, as the module is: ld.so saves registers at the first call of a function, and with
# them pieces of a password that a test would find.
$(PAM): $(PAM_OBJECTS) $(LIBRARY)
	$(call say,LD $@)$(CC) $(CFLAGS) $(LINKING) -rdynamic -o $@ $(PAM_OBJECTS) $(LIBRARY) \
	    $$(pkg-config --libs check) -lpam -lcrypt

# Mock modules call back into the test program, so they are linked with names left open.
$(PAM_MOCKS): $(BUILD)/tests/pam/%.so: $(BUILD)/tests/pam/module/%.o
	$(call say,LD $@)$(CC) $(CFLAGS) -shared -o $@ $< -lpam

$(WORDS): $(WORDS).o $(LIBRARY)
	$(call say,LD $@)$(CC) $(CFLAGS) -o $@ $< $(LIBRARY)

$(FUZZ_REPLAYS): $(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/replay.o $(LIBRARY)
	$(call say,LD $@)$(CC) $(CFLAGS) -o $@ $^

fuzzers: $(FUZZ_REPLAYS:%=%-fuzzer) ## what make fuzz runs (with its compiler and flags)

$(FUZZ_REPLAYS:%=%-fuzzer): %-fuzzer: %.o $(LIBRARY)
	$(call say,LD $@)$(CC) $(CFLAGS) -fsanitize=fuzzer -o $@ $^

# ---- installing -----------------------------------------------------------------------------

# What is installed where, as MODE:SOURCE:TARGET; uninstalling removes the same, from last to first,
# and the module after all others. Records, their directory and the policy are not in the list:
# they are the administrator's.
INSTALLED = 0644:$(MODULE):$(or $(PAMDIR),$(error set PAMDIR))/pam_vpolicy.so \
            0755:$(COMMAND):$(SBINDIR)/vpolicy \
            0755:$(LISTER):$(SBINDIR)/vpolicy-breached \
            $(foreach page,$(MAN_PAGES),0644:$(page):$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(notdir $(page))) \
            $(foreach file,vpolicy vpolicy-record,0644:conf/pam-configs/$(file):$(PROFILEDIR)/$(file)) \
            0755:$(BUILD)/conf/userdel-post.d/vpolicy:$(USERDELDIR)/vpolicy \
            0644:$(BUILD)/conf/apparmor/vpolicy:$(APPARMORDIR)/vpolicy \
            $(foreach unit,notify digest,0644:$(BUILD)/conf/systemd/vpolicy-$(unit).service:$(UNITDIR)/vpolicy-$(unit).service \
                0644:conf/systemd/vpolicy-$(unit).timer:$(UNITDIR)/vpolicy-$(unit).timer) \
            0644:conf/completion/vpolicy:$(COMPLETIONDIR)/vpolicy \
            $(foreach file,$(wildcard conf/examples/*) conf/vpolicy.conf,0644:$(file):$(DOCDIR)/examples/$(notdir $(file))) \
            $(foreach file,$(wildcard doc/*.txt),0644:$(file):$(DOCDIR)/$(notdir $(file))) \
            $(foreach file,$(wildcard README CHANGES SECURITY LICENSE),0644:$(file):$(DOCDIR)/$(file))

install: all ## install; enables nothing (DESTDIR, PREFIX, PAMDIR and others can be set)
	@$(MAKE) --no-print-directory install-built

install-built: ## the same without building, for a build tree that cannot be written
	@echo "Installing:"
	@for file in $(INSTALLED); do \
	    from=$${file#*:}; \
	    build-aux/put "$${file%%:*}" "$${from%%:*}" "$(DESTDIR)$${from#*:}" || exit 1; \
	done
	@build-aux/put-policy conf/vpolicy.conf "$(DESTDIR)$(POLICY_PATH)" \
	    "$(DESTDIR)/etc/default/locale" "$(DESTDIR)/etc/locale.conf"
	@build-aux/make-store "$(DESTDIR)$(STATEDIR)"
	@DESTDIR="$(DESTDIR)" build-aux/next-steps "$(SBINDIR)" "$(DOCDIR)"

uninstall: ## take the lines out of PAM, then remove what install put there
	@build-aux/uninstall-stacks "$(DESTDIR)"
	@echo "Removing:"
	@build-aux/take-away "$(DESTDIR)" $(INSTALLED)
	@build-aux/left-behind "$(DESTDIR)$(STATEDIR)" "$(DESTDIR)$(POLICY_PATH)"

# ---- and the rest ---------------------------------------------------------------------------

help: ## list the targets
	@sed -n 's/^\([a-z0-9 -]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 24

clean: ## remove what was built, but not the private systems
	rm -rf $(BUILD)/lib $(BUILD)/cmd $(BUILD)/breached $(BUILD)/conf $(BUILD)/tests $(BUILD)/gcc $(BUILD)/clang \
	    $(BUILD)/fuzz $(BUILD)/asan \
	    $(BUILD)/*.o $(BUILD)/*.d $(BUILD)/*.soname $(BUILD)/flags $(LIBRARY) $(MODULE) $(COMMAND) \
	    $(LISTER)

# The private systems cost minutes and a download to make again.
distclean: clean ## remove the private systems, too
	rm -rf --one-file-system $(BUILD)

force:
.PHONY: all asan asan-programs replay bench bench-strength bench-breached check check-gcc check-clang test-programs \
    check-unit check-fuzz check-pam check-cmd check-completion check-doc check-e2e check-web \
    check-debian13 check-install check-package fuzz fuzzers try layers format format-check lint-man install install-built \
    uninstall help clean distclean force
