/* Stands in for a dynamic linker: the kernel maps it beside the program that names it. Not a test of its own. */
#include "check.h"
#include <elf.h>

extern char **environ;
extern const char __ehdr_start[];

int main(int argc, char **argv)
{
    char **word = environ;
    const Elf64_Phdr *headers = NULL;
    unsigned long base = ~0UL, entry = 0, count = 0;
    int interpreters = 0;
    while (*word != NULL)
        word++;
    for (Elf64_auxv_t *pair = (Elf64_auxv_t *)(word + 1); pair->a_type != AT_NULL; pair++) {
        if (pair->a_type == AT_BASE)
            base = pair->a_un.a_val;
        if (pair->a_type == AT_ENTRY)
            entry = pair->a_un.a_val;
        if (pair->a_type == AT_PHDR)
            headers = (const Elf64_Phdr *)pair->a_un.a_val;
        if (pair->a_type == AT_PHNUM)
            count = pair->a_un.a_val;
    }
    for (unsigned long i = 0; headers != NULL && i < count && i < 20; i++)
        interpreters += headers[i].p_type == PT_INTERP;
    check("interpreter: argc is the program's", argc, 2);
    check_text("interpreter: argv[1] is the program's", argv[1], "word");
    check_true("interpreter: auxv BASE is where it is", base == (unsigned long)__ehdr_start);
    check("interpreter: auxv PHDR is the program's", interpreters, 1);
    check_true("interpreter: auxv ENTRY is the program's", entry != 0 && entry - base > 1UL << 20);
    /* What would a linker do now: go on at the program's entry. It returns 42 from main. */
    if (failures == 0)
        ((void (*)(void))entry)();
    return 1;
}
