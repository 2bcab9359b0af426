/* Threads without a library: a stack, a function, and an end that the starter can wait for. */
#ifndef THREADS_H
#define THREADS_H
#include "check.h"

#define FUTEX_WAIT_OP 0
#define FUTEX_WAKE_OP 1
#define FUTEX_REQUEUE_OP 3
#define FUTEX_CMP_REQUEUE_OP 4
#define FUTEX_WAIT_BITSET_OP 9
#define FUTEX_WAKE_BITSET_OP 10
#define FUTEX_PRIVATE 128
#define FUTEX_CLOCK_REAL 256
#define THREAD_STACK (64 * 1024UL)
#define THREAD_FLAGS                                                                                                    \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

typedef struct {
    volatile int id; /* becomes 0 when the thread has ended */
    char *stack;
} Thread;

static inline long futex(volatile int *word, int operation, long value, const void *time, volatile int *other, long value3)
{
    return sys(SYS_futex, word, operation, value, time, other, value3);
}

/* Starts a thread; extra_flags may be CLONE_SETTLS, with the thread pointer. */
static long start_thread_with(Thread *thread, void (*function)(void *), void *argument, unsigned long extra_flags, void *tls)
{
    long result;
    thread->stack = map(THREAD_STACK, READ_WRITE, ANONYMOUS | MAP_STACK);
    void **top = (void **)(thread->stack + THREAD_STACK);
    *--top = argument;
    *--top = (void *)function;
    register volatile int *clear __asm__("r10") = &thread->id;
    register void *pointer __asm__("r8") = tls;
    __asm__ volatile("syscall\n test %%rax, %%rax\n jnz 1f\n xor %%ebp, %%ebp\n pop %%rax\n pop %%rdi\n call *%%rax\n"
                     "xor %%edi, %%edi\n mov $60, %%eax\n syscall\n 1:"
                     : "=a"(result)
                     : "a"(SYS_clone), "D"(THREAD_FLAGS | extra_flags), "S"(top), "d"(&thread->id), "r"(clear), "r"(pointer)
                     : "rcx", "r11", "memory");
    return result;
}

static long start_thread(Thread *thread, void (*function)(void *), void *argument)
{
    return start_thread_with(thread, function, argument, 0, NULL);
}

static void join(Thread *thread)
{
    for (int id; (id = thread->id) != 0;)
        futex(&thread->id, FUTEX_WAIT_OP, id, NULL, NULL, 0);
    unmap(thread->stack, THREAD_STACK);
}

#endif
