//! The calls into libpcap: compiling, running and showing classic BPF.

use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::{mem, slice};

use crate::{Instruction, Target};

enum Handle {}
/// A stream of the C library.
enum Stream {}

/// Octets of libpcap's messages.
const MESSAGE: usize = 256;

#[repr(C)]
struct RawProgram {
    len: c_uint,
    instructions: *mut Instruction,
}

#[link(name = "pcap")]
unsafe extern "C" {
    fn bpf_filter(program: *const Instruction, packet: *const u8, wire_len: c_uint, len: c_uint) -> c_uint;
    fn bpf_image(instruction: *const Instruction, at: c_int) -> *const c_char;
    fn pcap_close(handle: *mut Handle);
    fn pcap_compile(
        handle: *mut Handle,
        program: *mut RawProgram,
        text: *const c_char,
        optimize: c_int,
        mask: u32,
    ) -> c_int;
    fn pcap_fopen_offline(stream: *mut Stream, message: *mut c_char) -> *mut Handle;
    fn pcap_freecode(program: *mut RawProgram);
    fn pcap_geterr(handle: *mut Handle) -> *const c_char;
    fn pcap_open_dead(link: c_int, snaplen: c_int) -> *mut Handle;
}

unsafe extern "C" {
    fn fclose(stream: *mut Stream) -> c_int;
    fn fmemopen(octets: *mut c_void, size: usize, mode: *const c_char) -> *mut Stream;
}

/// A handle without packets, to compile for.
struct Dead {
    handle: *mut Handle,
    /// What the stream of a file's handle reads, which lives as long as that.
    _header: Vec<u8>,
}

impl Dead {
    fn new(target: Target) -> Option<Self> {
        let mut header = Vec::new();
        let handle = if target.savefile {
            header = Self::header(target);
            Self::savefile(&mut header)
        } else {
            // SAFETY: any numbers are allowed.
            unsafe { pcap_open_dead(target.link, target.snaplen as c_int) }
        };
        (!handle.is_null()).then_some(Dead { handle, _header: header })
    }

    /// The header of a classic file, all that there is of it: libpcap asks the
    /// handle, and nothing else, where packets come from.
    fn header(target: Target) -> Vec<u8> {
        let words = [0xa1b2_c3d4, 4 << 16 | 2, 0, 0, target.snaplen, target.link as u32];
        words.into_iter().flat_map(u32::to_le_bytes).collect()
    }

    fn savefile(header: &mut [u8]) -> *mut Handle {
        let mut message = [0; MESSAGE];
        // SAFETY: the stream reads as many octets as there are, which are kept with
        // the handle; a stream that libpcap takes is closed with that.
        unsafe {
            let stream = fmemopen(header.as_mut_ptr().cast(), header.len(), c"r".as_ptr());
            if stream.is_null() {
                return std::ptr::null_mut();
            }
            let handle = pcap_fopen_offline(stream, message.as_mut_ptr());
            if handle.is_null() {
                fclose(stream);
            }
            handle
        }
    }
}

impl Drop for Dead {
    fn drop(&mut self) {
        // SAFETY: the handle came from libpcap and is closed once.
        unsafe { pcap_close(self.handle) }
    }
}

/// A program in libpcap's memory.
pub(crate) struct Compiled(RawProgram);

impl Compiled {
    pub(crate) fn new(expression: &str, target: Target, optimize: bool) -> Result<Self, String> {
        let text = CString::new(expression).map_err(|_| "the filter has a NUL character".to_owned())?;
        let dead = Dead::new(target).ok_or("out of memory")?;
        // SAFETY: a zeroed program is what pcap_compile expects to fill.
        let mut program = unsafe { mem::zeroed::<RawProgram>() };
        // SAFETY: the handle is open and the text NUL-terminated.
        let code =
            unsafe { pcap_compile(dead.handle, &raw mut program, text.as_ptr(), c_int::from(optimize), target.mask) };
        if code < 0 {
            // SAFETY: the handle is open; its error text is copied at once.
            let error = unsafe { CStr::from_ptr(pcap_geterr(dead.handle)) };
            return Err(error.to_string_lossy().into_owned());
        }
        Ok(Compiled(program))
    }

    pub(crate) fn instructions(&self) -> &[Instruction] {
        // SAFETY: pcap_compile filled `len` instructions, which live as long as `self`.
        unsafe { slice::from_raw_parts(self.0.instructions, self.0.len as usize) }
    }
}

impl Drop for Compiled {
    fn drop(&mut self) {
        // SAFETY: the program was filled by pcap_compile and is freed once.
        unsafe { pcap_freecode(&raw mut self.0) }
    }
}

/// Runs a program; programs come from libpcap's compiler only, which makes none
/// that runs past its end.
#[inline]
pub(crate) fn run(program: &[Instruction], data: &[u8], wire_len: u32) -> bool {
    // SAFETY: the program is whole, and the interpreter checks loads against `len`.
    unsafe { bpf_filter(program.as_ptr(), data.as_ptr(), wire_len, data.len() as c_uint) != 0 }
}

/// The text of an instruction.
pub(crate) fn image(instruction: &Instruction, at: usize) -> String {
    // SAFETY: the instruction is valid; the text is copied before the next call.
    unsafe { CStr::from_ptr(bpf_image(instruction, at as c_int)) }.to_string_lossy().into_owned()
}
