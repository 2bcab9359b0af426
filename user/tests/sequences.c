/* Restartable sequences (rseq). The C library may have registered the first thread's area; a thread of our own has none yet. */
#include "threads.h"

static volatile int go;

static void spin(void *argument)
{
    (void)argument;
    while (!go)
        ;
}

#define SYS_RSEQ 334
#define RSEQ_SIGNATURE 0x53053053
struct sequence_area {
    uint32_t processor_start, processor;
    uint64_t sequence;
    uint32_t flags, unused[3];
} __attribute__((aligned(32)));
struct sequence {
    uint32_t version, flags;
    uint64_t start, length, abort;
} __attribute__((aligned(32)));

static struct sequence_area area __attribute__((aligned(32)));
static volatile int aborts;

/* Spins in a sequence until the kernel makes it begin anew, at the abort label: only an interruption ends it. */
static void spin_in_sequence(void)
{
    __asm__ volatile(
        ".pushsection .data\n"
        ".balign 32\n"
        "7: .long 0, 0\n"
        ".quad 1f, 2f - 1f, 4f\n"
        ".popsection\n"
        "leaq 7b(%%rip), %%rax\n"
        "movq %%rax, 8(%1)\n"
        "1:\n"
        "pause\n"
        "jmp 1b\n"
        "2:\n"
        ".long 0x53053053\n"
        "4:\n"
        "incl %0\n"
        : "+m"(aborts)
        : "r"(&area)
        : "rax", "memory", "cc");
}

static void use_sequences(void *argument)
{
    (void)argument;
    check("rseq wrong size", sys(SYS_RSEQ, &area, 16, 0, RSEQ_SIGNATURE), -EINVAL);
    check("rseq misaligned", sys(SYS_RSEQ, (char *)&area + 8, 32, 0, RSEQ_SIGNATURE), -EINVAL);
    check("rseq unknown flag", sys(SYS_RSEQ, &area, 32, 2, RSEQ_SIGNATURE), -EINVAL);
    check("rseq unregister nothing", sys(SYS_RSEQ, &area, 32, 1, RSEQ_SIGNATURE), -EINVAL);
    check_success("rseq", sys(SYS_RSEQ, &area, 32, 0, RSEQ_SIGNATURE));
    check("rseq again", sys(SYS_RSEQ, &area, 32, 0, RSEQ_SIGNATURE), -EBUSY);
    check("rseq other signature", sys(SYS_RSEQ, &area, 32, 0, 1), -EPERM);
    check("rseq other area", sys(SYS_RSEQ, (char *)&area + 32, 32, 0, RSEQ_SIGNATURE), -EINVAL);
    check("rseq processor", area.processor, 0);
    spin_in_sequence();
    check("rseq begins anew when interrupted", aborts, 1);
    check("rseq forgets the sequence", area.sequence, 0);
    check("rseq unregister other signature", sys(SYS_RSEQ, &area, 32, 1, 1), -EPERM);
    check_success("rseq unregister", sys(SYS_RSEQ, &area, 32, 1, RSEQ_SIGNATURE));
    check_true("rseq no processor", area.processor == UINT32_MAX);
}

/* Another thread that wants to run, so that this one is interrupted. */
static void test_sequences(void)
{
    Thread user, other;
    check_success("clone for rseq", start_thread(&other, spin, NULL));
    check_success("clone rseq user", start_thread(&user, use_sequences, NULL));
    join(&user);
    go = 1;
    join(&other);
}

int main(void)
{
    test_sequences();
    return failures != 0;
}
