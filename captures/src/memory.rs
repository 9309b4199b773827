//! What a program does when there is no memory.

use std::alloc::{GlobalAlloc, Layout, System};

/// The system's allocator, which asks `exhausted` what to do when it has nothing
/// left, with the octets that were wanted. Without this Rust aborts, and a
/// script cannot tell that from a crash.
pub struct Memory {
    /// Ends the program; it must not allocate.
    pub exhausted: fn(octets: usize) -> !,
}

impl Memory {
    fn checked(&self, memory: *mut u8, octets: usize) -> *mut u8 {
        if memory.is_null() {
            (self.exhausted)(octets)
        }
        memory
    }
}

// SAFETY: everything is the system allocator's; memory is passed on as it comes.
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract, which is the same.
        self.checked(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        self.checked(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, octets: usize) -> *mut u8 {
        // SAFETY: as above.
        self.checked(unsafe { System.realloc(memory, layout, octets) }, octets)
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }
}
