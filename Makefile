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
PAMDIR      = $(shell build-aux/pam-dir $(CC))
POLICY_PATH = $(SYSCONFDIR)/security/vpolicy.conf
BUILD       = build

# ---- compiler and linker: every flag with its reason ----------------------------------------

# Yours to set. Ours stand in variables of their own, so that CFLAGS=-O0 drops no protection.
CC     ?= cc
AR     ?= ar
CFLAGS ?= -O2 -g

# $(call has,FLAG): FLAG where the compiler knows it. -Werror because clang only warns of others.
has = $(shell $(CC) -Werror $(1) -c -x c /dev/null -o /dev/null 2>/dev/null && echo "$(1)")

# C11 with GNU's extensions: explicit_bzero, reallocarray, getpwnam_r and asprintf are needed.
DIALECT = -std=gnu11 -D_GNU_SOURCE

# -Wconversion: a length that loses bits in a quiet conversion is how passwords get cut.
# -Wshadow: a variable that hides another is read wrongly by whoever reviews it.
# -Wformat=2: a format that is not a literal may hold a user's word.
# -Wmissing-prototypes: what no header declares ought to be static.
# -Wvla: the stack of a thread in Apache or Dovecot is small, and a length must not decide on it.
WARNINGS = -Wall -Wextra -Wconversion -Wshadow -Wformat=2 -Wstrict-prototypes \
           -Wmissing-prototypes -Wvla

# Only in our own builds (make check, .ci/run): a warning that next year's compiler invents must
# not stop an administrator from building.
ifdef WERROR
WARNINGS += -Werror
endif

# _FORTIFY_SOURCE: checked copies. 3 also follows sizes known only at run time; a libc or
#   compiler that has no 3 warns, and gets 2. First undefined: some compilers preset it.
# -fstack-protector-strong: the module parses what users type, inside sshd.
# -fstack-clash-protection: a large frame cannot step over the guard page.
# -fcf-protection: indirect jumps land only where they may (CET), where processors check it.
FORTIFY = $(shell echo '\#include <features.h>' | \
            $(CC) -O2 -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -E -x c - >/dev/null 2>&1 && \
            echo 3 || echo 2)
HARDENING := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(FORTIFY) -fstack-protector-strong \
             $(call has,-fstack-clash-protection) $(call has,-fcf-protection)

# -z relro, -z now: every address is resolved and made read-only before the first call.
# -z noexecstack: no object of ours needs code on the stack; say so even if one forgets.
# --as-needed: no library is loaded into every login that nothing uses.
LINKING = -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed

# -fPIC: the archive is linked into a shared object; the command takes the same objects as they are.
# -fvisibility=hidden: calls within the archive are direct, and none can be diverted.
LIB_FLAGS = -fPIC -fvisibility=hidden

# --no-undefined: a name that nobody defines fails here, not at a login.
# The map exports pam_sm_* alone; its .o is compiled with visible names for that.
MODULE_LINKING = -shared -Wl,--no-undefined,--version-script=build-aux/module.map

# A program at an address that changes from run to run.
COMMAND_LINKING = -pie

PLACES = -DVP_POLICY_PATH='"$(POLICY_PATH)"' -DVP_STATE_DIR='"$(STATEDIR)"'

# -MMD -MP: which headers an object was made of, for the next run.
COMPILE = $(CC) $(DIALECT) $(WARNINGS) $(HARDENING) $(PLACES) $(CPPFLAGS) $(CFLAGS) -MMD -MP

# ---- building -------------------------------------------------------------------------------

LIB_OBJECTS     = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard lib/*.c)))
COMMAND_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,vpolicy.c $(sort $(wildcard cmd/*.c)))
MODULE_OBJECTS  = $(BUILD)/pam_vpolicy.o
OBJECTS         = $(LIB_OBJECTS) $(COMMAND_OBJECTS) $(MODULE_OBJECTS)

LIBRARY = $(BUILD)/libvpolicy.a
MODULE  = $(BUILD)/pam_vpolicy.so
COMMAND = $(BUILD)/vpolicy

.DELETE_ON_ERROR:
.SUFFIXES:

all: $(LIBRARY) $(if $(wildcard pam_vpolicy.c),$(MODULE)) $(if $(wildcard vpolicy.c),$(COMMAND)) ## build the module and the command (the default)

$(LIBRARY): $(LIB_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $(LIB_OBJECTS)

$(MODULE): $(MODULE_OBJECTS) $(LIBRARY) build-aux/module.map
	$(CC) $(CFLAGS) $(MODULE_LINKING) $(LINKING) $(LDFLAGS) -o $@ $(MODULE_OBJECTS) $(LIBRARY) -lpam

$(COMMAND): $(COMMAND_OBJECTS) $(LIBRARY)
	$(CC) $(CFLAGS) $(COMMAND_LINKING) $(LINKING) $(LDFLAGS) -o $@ $(COMMAND_OBJECTS) $(LIBRARY)

$(BUILD)/lib/%.o: lib/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(COMPILE) $(LIB_FLAGS) $(DEFINES) -c -o $@ $<

$(BUILD)/cmd/%.o: cmd/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(COMPILE) $(LIB_FLAGS) -c -o $@ $<

$(BUILD)/vpolicy.o: vpolicy.c $(BUILD)/flags
	$(COMPILE) $(LIB_FLAGS) -c -o $@ $<

$(BUILD)/pam_vpolicy.o: pam_vpolicy.c $(BUILD)/flags
	$(COMPILE) -fPIC -c -o $@ $<

# Both libraries are loaded when they are needed and not before: at a login neither is. Their
# sonames are those of the development files that we compile against.
$(BUILD)/lib/hash.o: $(BUILD)/libcrypt.soname
$(BUILD)/lib/hash.o: DEFINES = -DVP_CRYPT_SONAME='"$(shell cat $(BUILD)/libcrypt.soname)"'
$(BUILD)/lib/unicode.o: $(BUILD)/libutf8proc.soname
$(BUILD)/lib/unicode.o: DEFINES = -DVP_UTF8PROC_SONAME='"$(shell cat $(BUILD)/libutf8proc.soname)"'

$(BUILD)/lib%.soname: build-aux/soname
	@mkdir -p $(@D)
	@build-aux/soname $* $(CC) > $@

# Other flags make other objects: this file changes when they do, and only then.
$(BUILD)/flags: force
	@mkdir -p $(@D)
	@printf '%s\n' "$$FLAGS_NOW" | cmp -s - $@ || printf '%s\n' "$$FLAGS_NOW" > $@
$(BUILD)/flags: export FLAGS_NOW = $(COMPILE) $(LIB_FLAGS) $(LINKING) $(LDFLAGS)

-include $(OBJECTS:.o=.d)

# ---- and the rest ---------------------------------------------------------------------------

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 18

clean: ## remove what was built
	rm -rf $(BUILD)/lib $(BUILD)/cmd $(BUILD)/*.o $(BUILD)/*.d $(BUILD)/*.soname $(BUILD)/flags \
	    $(LIBRARY) $(MODULE) $(COMMAND)

force:
.PHONY: all help clean force
