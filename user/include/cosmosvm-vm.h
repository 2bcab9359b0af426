/* /dev/vm of CosmosVm: what its memory manager can tell and do that Linux has no call for.
 *
 * Requests of ioctl on a descriptor of /dev/vm. Only privileged processes may make them: EPERM. Others: ENOTTY. */
#ifndef COSMOSVM_VM_H
#define COSMOSVM_VM_H
#include <stdint.h>

/* Checks all invariants of the memory manager. No argument. EIO if one is broken; the kernel's log says which. ENOMEM if
 * memory is too short for the check. */
#define VM_VERIFY 0x5601

/* Fills in a struct vm_statistics. */
#define VM_STATISTICS 0x5602

/* Fills in a struct vm_pool, whose index says which pool. ENOENT behind the last one. */
#define VM_POOL 0x5603

/* Numbers of frames unless said otherwise. Exact at the moment of the call. */
struct vm_statistics {
    uint64_t page_size; /* bytes of a frame */
    uint64_t total;
    uint64_t free;
    uint64_t zeroed;             /* of the free ones */
    uint64_t largest_free_block; /* 1024 stands for that or more */
    uint64_t user;               /* pages of programs */
    uint64_t page_tables;
    uint64_t pools; /* kernel objects and small blocks */
    uint64_t files;
    uint64_t kernel;
    uint64_t processes; /* their number, with those that nobody has waited for */
    uint64_t threads;   /* their number */
    uint64_t blocks;    /* number of small blocks in use */
    uint64_t block_frames;
};

struct vm_pool {
    uint32_t index;   /* from 0 on; set it before the call */
    uint32_t objects; /* in use */
    uint32_t frames;
    char name[36]; /* ends with a zero */
};

#endif
