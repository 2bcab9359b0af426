/* mmap, munmap, mprotect, mremap and brk: what each flag does, and each error. */
#include "check.h"
#include <sys/prctl.h>

#define FIXED_PLACE ((char *)0x200000000UL)

static long mapped(void *at, size_t bytes, int protection, int flags)
{
    return sys(SYS_mmap, at, bytes, protection, flags, -1, 0);
}

/* Whether a page is there for anybody: msync of an unmapped page is ENOMEM. */
static int is_mapped(void *page) { return sys(SYS_msync, page, PAGE, MS_ASYNC) == 0; }

static void test_anonymous(void)
{
    char *memory = (char *)mapped(0, 3 * PAGE, READ_WRITE, ANONYMOUS);
    int zero = 1;
    check_success("mmap private anonymous", (long)memory);
    check_true("mmap gives a page boundary", ((unsigned long)memory & (PAGE - 1)) == 0);
    for (size_t i = 0; i < 3 * PAGE; i++)
        zero &= memory[i] == 0;
    check_true("mmap anonymous memory is zero", zero);
    memset(memory, 7, 3 * PAGE);
    check("mmap memory keeps what was written", memory[2 * PAGE + 17], 7);
    check("munmap whole", sys(SYS_munmap, memory, 3 * PAGE), 0);
    check_access("munmap then read", READ, memory, "SEGV_MAPERR");
    check_access("munmap then write", WRITE, memory + PAGE, "SEGV_MAPERR");
    memory = (char *)mapped(0, 100, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    check_success("mmap shared anonymous of 100 bytes", (long)memory);
    check_access("mmap of 100 bytes covers its page", WRITE, memory + PAGE - 1, "done");
    unmap(memory, PAGE);
    memory = (char *)mapped(0, PAGE, READ_WRITE, MAP_ANONYMOUS | MAP_SHARED_VALIDATE);
    check("mmap shared validate, anonymous", (long)memory, -EINVAL);
}

static void test_mmap_errors(void)
{
    check("mmap of zero bytes", mapped(0, 0, READ_WRITE, ANONYMOUS), -EINVAL);
    check("mmap neither shared nor private", mapped(0, PAGE, READ_WRITE, MAP_ANONYMOUS), -EINVAL);
    check("mmap of more than the address space", mapped(0, 1UL << 47, READ_WRITE, ANONYMOUS), -ENOMEM);
    check("mmap of nearly 2^64 bytes", mapped(0, -PAGE, READ_WRITE, ANONYMOUS), -ENOMEM);
    check("mmap size rounded up wraps", mapped(0, ~0UL, READ_WRITE, ANONYMOUS), -ENOMEM);
    check("mmap fixed at no page boundary", mapped(FIXED_PLACE + 1, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED), -EINVAL);
    check("mmap fixed in the kernel's half", mapped((void *)0xffff800000000000UL, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED), -ENOMEM);
    check("mmap fixed across the end of the user half", mapped((void *)0x7ffffffff000UL, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED), -ENOMEM);
    check("mmap of a bad descriptor", sys(SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, 1000, 0), -EBADF);
    check("mmap of descriptor -1 without anonymous", sys(SYS_mmap, 0, PAGE, PROT_READ, MAP_SHARED, -1, 0), -EBADF);
    check("mmap with an offset inside a page", sys(SYS_mmap, 0, PAGE, PROT_READ, ANONYMOUS, -1, 100), -EINVAL);
    check_success("mmap anonymous ignores its descriptor", sys(SYS_mmap, 0, PAGE, PROT_READ, ANONYMOUS, 1000, 0));
    check("mmap beyond RAM and swap in one", mapped(0, 1UL << 42, READ_WRITE, ANONYMOUS), -ENOMEM);
    check_success("mmap beyond RAM, noreserve", mapped(0, 1UL << 42, READ_WRITE, ANONYMOUS | MAP_NORESERVE));
    unmap((void *)mapped(0, PAGE, READ_WRITE, ANONYMOUS), PAGE);
}

static void test_placement(void)
{
    char *hint = FIXED_PLACE;
    char *memory = (char *)mapped(hint, 4 * PAGE, READ_WRITE, ANONYMOUS);
    check_true("mmap takes a free hint", memory == hint);
    memory[0] = 1;
    char *other = (char *)mapped(hint, PAGE, READ_WRITE, ANONYMOUS);
    check_true("mmap goes elsewhere when the hint is taken", !failed(other) && (other < hint || other >= hint + 4 * PAGE));
    unmap(other, PAGE);
    other = (char *)mapped(hint + 100, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED_NOREPLACE);
    check("mmap fixed-noreplace at no page boundary", (long)other, -EINVAL);
    check("mmap fixed-noreplace where something is", mapped(hint + PAGE, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED_NOREPLACE), -EEXIST);
    check("mmap fixed-noreplace over one's end", mapped(hint + 3 * PAGE, 2 * PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED_NOREPLACE), -EEXIST);
    check("mmap fixed-noreplace left it alone", hint[0], 1);
    other = (char *)mapped(hint + 4 * PAGE, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED_NOREPLACE);
    check_true("mmap fixed-noreplace where nothing is", other == hint + 4 * PAGE);
    hint[PAGE] = 2;
    hint[2 * PAGE] = 3;
    other = (char *)mapped(hint + PAGE, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED);
    check_true("mmap fixed over one's middle", other == hint + PAGE);
    check("mmap fixed gives new pages", hint[PAGE], 0);
    check("mmap fixed leaves the page before", hint[0], 1);
    check("mmap fixed leaves the page behind", hint[2 * PAGE], 3);
    unmap(hint, 5 * PAGE);
    memory = (char *)mapped(hint + 123, PAGE, READ_WRITE, ANONYMOUS);
    check_true("mmap rounds a hint to a page", memory == hint || memory == hint + PAGE);
    unmap(memory, PAGE);
    memory = (char *)mapped(0, PAGE, READ_WRITE, ANONYMOUS | MAP_32BIT);
    check_true("mmap 32bit is below 2 GiB", !failed(memory) && (unsigned long)memory + PAGE <= 1UL << 31);
    unmap(memory, PAGE);
    memory = (char *)mapped(0, PAGE, READ_WRITE, ANONYMOUS);
    other = (char *)mapped(0, PAGE, READ_WRITE, ANONYMOUS);
    check_true("mmap twice gives two places", memory != other);
    unmap(memory, PAGE);
    unmap(other, PAGE);
    check("mmap fixed at zero for a privileged process", mapped(0, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED), 0);
    check("munmap at zero", sys(SYS_munmap, 0, PAGE), 0);
}

static void test_flags(void)
{
    unsigned char state[4];
    char *memory = (char *)mapped(0, 4 * PAGE, READ_WRITE, ANONYMOUS | MAP_POPULATE);
    check_success("mmap populate", (long)memory);
    check("mincore of populated memory", sys(SYS_mincore, memory, 4 * PAGE, state), 0);
    check("mmap populate: all pages are there", (state[0] & 1) + (state[1] & 1) + (state[2] & 1) + (state[3] & 1), 4);
    unmap(memory, 4 * PAGE);
    memory = (char *)mapped(0, 4 * PAGE, READ_WRITE, ANONYMOUS | MAP_NORESERVE);
    check_success("mmap noreserve", (long)memory);
    check_access("mmap noreserve write", WRITE, memory, "done");
    unmap(memory, 4 * PAGE);
    memory = (char *)mapped(0, 4 * PAGE, READ_WRITE, ANONYMOUS | MAP_STACK);
    check_success("mmap stack", (long)memory);
    unmap(memory, 4 * PAGE);
    memory = (char *)mapped(0, 4 * PAGE, READ_WRITE, ANONYMOUS | MAP_LOCKED);
    check_success("mmap locked", (long)memory);
    memset(state, 0, sizeof state);
    sys(SYS_mincore, memory, 4 * PAGE, state);
    check("mmap locked: all pages are there", (state[0] & 1) + (state[1] & 1) + (state[2] & 1) + (state[3] & 1), 4);
    unmap(memory, 4 * PAGE);
    memory = (char *)mapped(0, 4 * PAGE, READ_WRITE, ANONYMOUS | MAP_DENYWRITE | MAP_EXECUTABLE);
    check_success("mmap with obsolete flags", (long)memory);
    unmap(memory, 4 * PAGE);
    memory = (char *)mapped(0, 4 * PAGE, READ_WRITE, ANONYMOUS | MAP_NONBLOCK | MAP_POPULATE);
    check_success("mmap nonblock", (long)memory);
    unmap(memory, 4 * PAGE);
}

static void test_grows_down(void)
{
    char *zone = FIXED_PLACE;
    char *memory = (char *)mapped(zone + 512 * PAGE, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN);
    check_true("mmap growsdown", memory == zone + 512 * PAGE);
    check_access("mmap growsdown: page below", WRITE, memory - 1, "done");
    check_access("mmap growsdown: ten pages below", WRITE, memory - 10 * PAGE, "done");
    check_access("mmap growsdown: page between is there", READ, memory - 5 * PAGE, "done");
    check("munmap of what grew", sys(SYS_munmap, memory - 10 * PAGE, 11 * PAGE), 0);
    memory = (char *)mapped(zone + 512 * PAGE, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN);
    char *below = (char *)mapped(zone + 300 * PAGE, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED);
    check_access("mmap growsdown: stops 256 pages clear", WRITE, below + 100 * PAGE, "SEGV_MAPERR");
    unmap(memory, PAGE);
    unmap(below, PAGE);
}

static void test_protections(void)
{
    static const struct {
        int protection;
        const char *names[4];
        const char *results[3];
    } cases[] = {
        {PROT_NONE, {"mmap none", "mmap none read", "mmap none write", "mmap none execute"}, {"SEGV_ACCERR", "SEGV_ACCERR", "SEGV_ACCERR"}},
        {PROT_READ, {"mmap read-only", "mmap read-only read", "mmap read-only write", "mmap read-only execute"}, {"done", "SEGV_ACCERR", "SEGV_ACCERR"}},
        {READ_WRITE, {"mmap read-write", "mmap read-write read", "mmap read-write write", "mmap read-write execute"}, {"done", "done", "SEGV_ACCERR"}},
        {PROT_WRITE, {"mmap write-only", "mmap write-only read", "mmap write-only write", "mmap write-only execute"}, {"done", "done", "SEGV_ACCERR"}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *memory = (char *)mapped(0, PAGE, cases[i].protection, ANONYMOUS);
        check_success(cases[i].names[0], (long)memory);
        for (int access = READ; access <= EXECUTE; access++)
            check_access(cases[i].names[access + 1], access, memory, cases[i].results[access]);
        unmap(memory, PAGE);
    }
    /* A return instruction, first written, then called. */
    char *code = map_pages(1);
    code[0] = (char)0xc3;
    check("mprotect read-execute", sys(SYS_mprotect, code, PAGE, PROT_READ | PROT_EXEC), 0);
    check_access("mprotect read-execute: execute", EXECUTE, code, "done");
    check_access("mprotect read-execute: write", WRITE, code, "SEGV_ACCERR");
    check("mprotect read-only", sys(SYS_mprotect, code, PAGE, PROT_READ), 0);
    check_access("mprotect read-only: execute", EXECUTE, code, "SEGV_ACCERR");
    check("mprotect all", sys(SYS_mprotect, code, PAGE, READ_WRITE | PROT_EXEC), 0);
    check_access("mprotect all: execute", EXECUTE, code, "done");
    unmap(code, PAGE);
}

static void test_mprotect(void)
{
    char *memory = map_pages(5);
    memset(memory, 5, 5 * PAGE);
    check("mprotect none", sys(SYS_mprotect, memory + PAGE, PAGE, PROT_NONE), 0);
    check_access("mprotect none: read", READ, memory + PAGE, "SEGV_ACCERR");
    check_access("mprotect none: page before", WRITE, memory, "done");
    check_access("mprotect none: page behind", WRITE, memory + 2 * PAGE, "done");
    check("mprotect back", sys(SYS_mprotect, memory + PAGE, PAGE, READ_WRITE), 0);
    check("mprotect keeps contents", memory[PAGE + 5], 5);
    check("mprotect over several pages", sys(SYS_mprotect, memory, 5 * PAGE, PROT_READ), 0);
    check_access("mprotect over several pages: last", WRITE, memory + 4 * PAGE, "SEGV_ACCERR");
    check("mprotect of zero bytes", sys(SYS_mprotect, memory, 0, PROT_NONE), 0);
    check_access("mprotect of zero bytes changes nothing", READ, memory, "done");
    check("mprotect of one byte", sys(SYS_mprotect, memory, 1, READ_WRITE), 0);
    check_access("mprotect of one byte is one page", WRITE, memory + PAGE - 1, "done");
    check_access("mprotect of one byte is not two", WRITE, memory + PAGE, "SEGV_ACCERR");
    check("mprotect at no page boundary", sys(SYS_mprotect, memory + 1, PAGE, PROT_READ), -EINVAL);
    check("mprotect with a wrong bit", sys(SYS_mprotect, memory, PAGE, 0x100), -EINVAL);
    check("mprotect growsdown of what doesn't grow", sys(SYS_mprotect, memory, PAGE, PROT_READ | PROT_GROWSDOWN), -EINVAL);
    check("mprotect up and down at once", sys(SYS_mprotect, memory, PAGE, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP), -EINVAL);
    check("mprotect size wraps", sys(SYS_mprotect, memory, -PAGE, PROT_READ), -ENOMEM);
    unmap(memory + 2 * PAGE, PAGE);
    sys(SYS_mprotect, memory, 2 * PAGE, READ_WRITE);
    check("mprotect across a hole", sys(SYS_mprotect, memory, 5 * PAGE, PROT_NONE), -ENOMEM);
    check_access("mprotect across a hole did the part before", READ, memory, "SEGV_ACCERR");
    check_access("mprotect across a hole left the part behind", READ, memory + 4 * PAGE, "done");
    check("mprotect where nothing is", sys(SYS_mprotect, memory + 2 * PAGE, PAGE, PROT_READ), -ENOMEM);
    unmap(memory, 5 * PAGE);
}

static void test_munmap(void)
{
    char *memory = map_pages(6);
    memset(memory, 9, 6 * PAGE);
    check("munmap first page", sys(SYS_munmap, memory, PAGE), 0);
    check("munmap last page", sys(SYS_munmap, memory + 5 * PAGE, PAGE), 0);
    check("munmap middle page", sys(SYS_munmap, memory + 2 * PAGE, PAGE), 0);
    check_access("munmap middle: it is gone", READ, memory + 2 * PAGE, "SEGV_MAPERR");
    check("munmap middle: before it", memory[PAGE], 9);
    check("munmap middle: behind it", memory[3 * PAGE], 9);
    check("munmap across holes", sys(SYS_munmap, memory, 6 * PAGE), 0);
    check_access("munmap across holes: gone", READ, memory + 4 * PAGE, "SEGV_MAPERR");
    check("munmap where nothing is", sys(SYS_munmap, memory, 6 * PAGE), 0);
    check("munmap of zero bytes", sys(SYS_munmap, memory, 0), -EINVAL);
    check("munmap at no page boundary", sys(SYS_munmap, memory + 1, PAGE), -EINVAL);
    check("munmap in the kernel's half", sys(SYS_munmap, 0xffff800000000000UL, PAGE), -EINVAL);
    check("munmap size wraps", sys(SYS_munmap, memory, -PAGE), -EINVAL);
    memory = map_pages(2);
    check("munmap of one byte", sys(SYS_munmap, memory, 1), 0);
    check_access("munmap of one byte is one page", READ, memory + PAGE - 1, "SEGV_MAPERR");
    check_access("munmap of one byte is not two", READ, memory + PAGE, "done");
    unmap(memory, 2 * PAGE);
    memory = map_pages(1);
    memory[0] = 1;
    unmap(memory, PAGE);
    memory = (char *)mapped(memory, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED);
    check("munmap then mmap gives zeros", memory[0], 0);
    unmap(memory, PAGE);
}

static void *moved(void *old, size_t old_bytes, size_t new_bytes, int flags, void *place)
{
    return (void *)sys(SYS_mremap, old, old_bytes, new_bytes, flags, place);
}

static void test_mremap(void)
{
    char *memory = (char *)mapped(FIXED_PLACE, 2 * PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED);
    memory[0] = 1;
    memory[PAGE] = 2;
    check_true("mremap grows in place", moved(memory, 2 * PAGE, 4 * PAGE, 0, 0) == memory);
    check("mremap grown: old bytes", memory[PAGE], 2);
    check("mremap grown: new bytes", memory[3 * PAGE], 0);
    check_true("mremap same size", moved(memory, 4 * PAGE, 4 * PAGE, 0, 0) == memory);
    check_true("mremap shrinks", moved(memory, 4 * PAGE, PAGE, 0, 0) == memory);
    check_access("mremap shrunk: the rest is gone", READ, memory + PAGE, "SEGV_MAPERR");
    char *wall = (char *)mapped(FIXED_PLACE + PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED);
    check("mremap without room and without maymove", (long)moved(memory, PAGE, 2 * PAGE, 0, 0), -ENOMEM);
    char *other = moved(memory, PAGE, 3 * PAGE, MREMAP_MAYMOVE, 0);
    check_true("mremap maymove moves", !failed(other) && other != memory);
    check("mremap moved: contents", other[0], 1);
    check("mremap moved: new page", other[2 * PAGE], 0);
    check_access("mremap moved: old place is gone", READ, memory, "SEGV_MAPERR");
    unmap(wall, PAGE);
    char *place = FIXED_PLACE + 100 * PAGE;
    check_true("mremap fixed", moved(other, 3 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place);
    check("mremap fixed: contents", place[0], 1);
    check_access("mremap fixed: old place is gone", READ, other, "SEGV_MAPERR");
    check_access("mremap fixed: shrunk", READ, place + 2 * PAGE, "SEGV_MAPERR");
    char *victim = (char *)mapped(FIXED_PLACE, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED);
    victim[0] = 77;
    check_true("mremap fixed replaces", moved(place, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, victim) == victim);
    check("mremap fixed replaced: contents", victim[0], 1);
    unmap(place, 2 * PAGE);
    check("mremap fixed without maymove", (long)moved(victim, PAGE, PAGE, MREMAP_FIXED, place), -EINVAL);
    check("mremap with an unknown flag", (long)moved(victim, PAGE, PAGE, 0x100, 0), -EINVAL);
    check("mremap at no page boundary", (long)moved(victim + 1, PAGE, PAGE, 0, 0), -EINVAL);
    check("mremap to zero bytes", (long)moved(victim, PAGE, 0, 0, 0), -EINVAL);
    check("mremap fixed at no page boundary", (long)moved(victim, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place + 1), -EINVAL);
    check("mremap fixed over itself", (long)moved(victim, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, victim + PAGE), -EINVAL);
    check("mremap where nothing is", (long)moved(place, PAGE, 2 * PAGE, MREMAP_MAYMOVE, 0), -EFAULT);
    check("mremap across the end of a mapping", (long)moved(victim, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE, 0), -EFAULT);
    check("mremap to a huge size", (long)moved(victim, PAGE, 1UL << 47, MREMAP_MAYMOVE, 0), -ENOMEM);
    check("mremap private with old size zero", (long)moved(victim, 0, PAGE, MREMAP_MAYMOVE, 0), -EINVAL);
    unmap(victim, PAGE);

    char *shared = map(PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    shared[0] = 3;
    other = moved(shared, 0, PAGE, MREMAP_MAYMOVE, 0);
    check_true("mremap shared with old size zero doubles", !failed(other) && other != shared);
    other[0] = 4;
    check("mremap doubled: both see a write", shared[0], 4);
    unmap(shared, PAGE);
    unmap(other, PAGE);

    memory = map_pages(2);
    memory[0] = 5;
    memory[PAGE] = 6;
    other = moved(memory, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0);
    check_true("mremap dontunmap", !failed(other) && other != memory);
    check("mremap dontunmap: contents moved", other[PAGE], 6);
    check("mremap dontunmap: old place reads zero", memory[PAGE], 0);
    check("mremap dontunmap without maymove", (long)moved(memory, 2 * PAGE, 2 * PAGE, MREMAP_DONTUNMAP, 0), -EINVAL);
    check("mremap dontunmap with another size", (long)moved(memory, 2 * PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0), -EINVAL);
    place = FIXED_PLACE;
    check_true("mremap dontunmap fixed", moved(other, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, place) == place);
    check("mremap dontunmap fixed: contents", place[0], 5);
    unmap(memory, 2 * PAGE);
    unmap(other, 2 * PAGE);
    unmap(place, 2 * PAGE);

    /* Whole leaf tables: 4 MiB aligned alike. */
    memory = (char *)mapped(FIXED_PLACE, 4 * LARGE_PAGE / 2, READ_WRITE, ANONYMOUS | MAP_FIXED);
    for (size_t i = 0; i < 1024; i++)
        memory[i * PAGE] = (char)i;
    place = FIXED_PLACE + 16 * LARGE_PAGE;
    check_true("mremap of 4 MiB", moved(memory, 2 * LARGE_PAGE, 2 * LARGE_PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place);
    int right = 1;
    for (size_t i = 0; i < 1024; i++)
        right &= place[i * PAGE] == (char)i;
    check_true("mremap of 4 MiB: contents", right);
    check_true("mremap of 4 MiB by one page", moved(place, 2 * LARGE_PAGE, 2 * LARGE_PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, FIXED_PLACE + PAGE) == FIXED_PLACE + PAGE);
    right = 1;
    for (size_t i = 0; i < 1024; i++)
        right &= FIXED_PLACE[PAGE + i * PAGE] == (char)i;
    check_true("mremap of 4 MiB by one page: contents", right);
    unmap(FIXED_PLACE + PAGE, 2 * LARGE_PAGE);
}

static void test_brk(void)
{
    unsigned long start = (unsigned long)sys(SYS_brk, 0);
    unsigned long aligned = (start + PAGE - 1) & -PAGE;
    check_true("brk tells the break", start != 0);
    check_true("brk grows", (unsigned long)sys(SYS_brk, aligned + 3 * PAGE) == aligned + 3 * PAGE);
    char *heap = (char *)aligned;
    check("brk memory is zero", heap[2 * PAGE], 0);
    check_access("brk memory is writable", WRITE, heap + 3 * PAGE - 1, "done");
    check_access("brk memory is not executable", EXECUTE, heap, "SEGV_ACCERR");
    check_access("brk: behind the break", READ, heap + 3 * PAGE, "SEGV_MAPERR");
    check_true("brk by one byte", (unsigned long)sys(SYS_brk, aligned + 3 * PAGE + 1) == aligned + 3 * PAGE + 1);
    check_access("brk by one byte gives a page", WRITE, heap + 4 * PAGE - 1, "done");
    check_true("brk shrinks", (unsigned long)sys(SYS_brk, aligned + PAGE) == aligned + PAGE);
    check_access("brk shrunk: gone", READ, heap + PAGE, "SEGV_MAPERR");
    check_true("brk grows again", (unsigned long)sys(SYS_brk, aligned + 2 * PAGE) == aligned + 2 * PAGE);
    check("brk grown again is zero", heap[PAGE], 0);
    check_true("brk below its start is refused", (unsigned long)sys(SYS_brk, 4096) == aligned + 2 * PAGE);
    check_true("brk far above is refused", (unsigned long)sys(SYS_brk, 1UL << 50) == aligned + 2 * PAGE);
    sys(SYS_mmap, heap + 2 * PAGE, PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    check_true("brk into a mapping is refused", (unsigned long)sys(SYS_brk, aligned + 4 * PAGE) == aligned + 2 * PAGE);
    unmap(heap + 2 * PAGE, PAGE);
    check_true("brk back", (unsigned long)sys(SYS_brk, start) == start);
}

int main(void)
{
    test_anonymous();
    test_mmap_errors();
    test_placement();
    test_flags();
    test_grows_down();
    test_protections();
    test_mprotect();
    test_munmap();
    test_mremap();
    test_brk();
    return failures != 0;
}
