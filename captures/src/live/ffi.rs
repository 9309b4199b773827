//! What the `pcap` crate does not bind, or binds without its return code.

use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::{mem, ptr};

/// An opaque `pcap_t`.
pub(super) enum Handle {}

#[repr(C)]
struct Program {
    len: c_uint,
    instructions: *mut Instruction,
}

const ERROR_TEXT: usize = 256;

#[link(name = "pcap")]
unsafe extern "C" {
    fn bpf_filter(program: *const Instruction, data: *const u8, len: u32, caplen: u32) -> u32;
    fn pcap_activate(handle: *mut Handle) -> c_int;
    fn pcap_can_set_rfmon(handle: *mut Handle) -> c_int;
    fn pcap_compile(
        handle: *mut Handle,
        program: *mut Program,
        text: *const c_char,
        optimize: c_int,
        mask: u32,
    ) -> c_int;
    fn pcap_freecode(program: *mut Program);
    fn pcap_setfilter(handle: *mut Handle, program: *mut Program) -> c_int;
    fn pcap_geterr(handle: *mut Handle) -> *const c_char;
    fn pcap_get_selectable_fd(handle: *mut Handle) -> c_int;
    fn pcap_lib_version() -> *const c_char;
    fn pcap_lookupnet(name: *const c_char, network: *mut u32, mask: *mut u32, error: *mut c_char) -> c_int;
    fn pcap_list_tstamp_types(handle: *mut Handle, list: *mut *mut c_int) -> c_int;
    fn pcap_free_tstamp_types(list: *mut c_int);
    fn pcap_tstamp_type_name_to_val(name: *const c_char) -> c_int;
    fn pcap_tstamp_type_val_to_name(value: c_int) -> *const c_char;
    fn pcap_tstamp_type_val_to_description(value: c_int) -> *const c_char;
    fn pcap_set_buffer_size(handle: *mut Handle, octets: c_int) -> c_int;
    fn pcap_set_immediate_mode(handle: *mut Handle, on: c_int) -> c_int;
    fn pcap_set_promisc(handle: *mut Handle, on: c_int) -> c_int;
    fn pcap_set_rfmon(handle: *mut Handle, on: c_int) -> c_int;
    fn pcap_set_snaplen(handle: *mut Handle, octets: c_int) -> c_int;
    fn pcap_set_timeout(handle: *mut Handle, milliseconds: c_int) -> c_int;
    fn pcap_set_tstamp_precision(handle: *mut Handle, precision: c_int) -> c_int;
    fn pcap_set_tstamp_type(handle: *mut Handle, kind: c_int) -> c_int;
    fn pcap_snapshot(handle: *mut Handle) -> c_int;
    fn pcap_statustostr(code: c_int) -> *const c_char;
}

/// A property of a handle that is not active yet.
#[derive(Clone, Copy)]
pub(super) enum Setting {
    Buffer(i32),
    Immediate,
    Monitor,
    NanoPrecision,
    Promiscuous(bool),
    Snaplen(i32),
    TimeStampType(i32),
    Timeout(i32),
}

/// A C string's text; libpcap's are static or live as long as their handle.
fn text(pointer: *const c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: libpcap returns NUL-terminated strings, copied before any other call.
    unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned()
}

/// Sets a property; libpcap's status.
pub(super) fn set(handle: *mut Handle, what: Setting) -> c_int {
    // SAFETY: `handle` comes from a live `Capture<Inactive>` and all values are plain numbers.
    unsafe {
        match what {
            Setting::Buffer(octets) => pcap_set_buffer_size(handle, octets),
            Setting::Immediate => pcap_set_immediate_mode(handle, 1),
            Setting::Monitor => pcap_set_rfmon(handle, 1),
            Setting::NanoPrecision => pcap_set_tstamp_precision(handle, 1),
            Setting::Promiscuous(on) => pcap_set_promisc(handle, c_int::from(on)),
            Setting::Snaplen(octets) => pcap_set_snaplen(handle, octets),
            Setting::TimeStampType(kind) => pcap_set_tstamp_type(handle, kind),
            Setting::Timeout(milliseconds) => pcap_set_timeout(handle, milliseconds),
        }
    }
}

/// Activates a handle; negative on failure, positive with a warning.
pub(super) fn activate(handle: *mut Handle) -> c_int {
    // SAFETY: `handle` comes from a live `Capture<Inactive>`.
    unsafe { pcap_activate(handle) }
}

/// 1 if monitor mode can be set, 0 if not, negative on failure.
pub(super) fn can_monitor(handle: *mut Handle) -> c_int {
    // SAFETY: `handle` comes from a live `Capture<Inactive>`.
    unsafe { pcap_can_set_rfmon(handle) }
}

/// The text of a status code.
pub(super) fn status(code: c_int) -> String {
    // SAFETY: any number is allowed.
    text(unsafe { pcap_statustostr(code) })
}

/// The handle's last error.
pub(super) fn last_error(handle: *mut Handle) -> String {
    // SAFETY: `handle` is live.
    text(unsafe { pcap_geterr(handle) })
}

/// The descriptor to poll. libpcap would leave it to every command that is run.
pub(super) fn selectable(handle: *mut Handle) -> c_int {
    // SAFETY: `handle` is live and active.
    let fd = unsafe { pcap_get_selectable_fd(handle) };
    // SAFETY: the call changes a flag of a descriptor; if it is none, nothing.
    unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) };
    fd
}

/// An instruction of a filter.
pub(super) type Instruction = libc::sock_filter;

const fn instruction(code: u32, jt: u8, jf: u8, k: u32) -> Instruction {
    Instruction { code: code as u16, jt, jf, k }
}

/// Loads what the kernel knows of a packet besides its octets.
const fn load(what: i32) -> Instruction {
    instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, (libc::SKF_AD_OFF + what) as u32)
}

/// Skips instructions, `jt` if what was loaded is `k`, else `jf`.
const fn equal(k: u32, jt: u8, jf: u8) -> Instruction {
    instruction(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, jt, jf, k)
}

/// A filter that lets nothing through.
pub(super) const REFUSE_ALL: Instruction = instruction(libc::BPF_RET | libc::BPF_K, 0, 0, 0);

/// The type of packets that are sent (PACKET_OUTGOING).
const SENT: u32 = libc::PACKET_OUTGOING as u32;

/// The start of a filter that drops what is sent.
pub(super) const fn drop_sent() -> [Instruction; 3] {
    [load(libc::SKF_AD_PKTTYPE), equal(SENT, 0, 1), REFUSE_ALL]
}

/// The start of a filter that drops what is received.
pub(super) const fn drop_received() -> [Instruction; 3] {
    [load(libc::SKF_AD_PKTTYPE), equal(SENT, 1, 0), REFUSE_ALL]
}

/// The start of a filter that drops what the interface of this index sends.
pub(super) const fn drop_sent_by(index: u32) -> [Instruction; 5] {
    let ([kind, sent, refuse], interface) = (drop_sent(), load(libc::SKF_AD_IFINDEX));
    [interface, equal(index, 0, 3), kind, sent, refuse]
}

/// The most instructions of a filter (BPF_MAXINSNS).
pub(super) const MOST_INSTRUCTIONS: usize = 4096;

/// SO_GET_FILTER, whose length counts instructions.
const GET_FILTER: c_int = libc::SO_ATTACH_FILTER;

/// The filter that the kernel runs for a packet socket; none if there is none.
pub(super) fn kernel_filter(fd: c_int) -> Vec<Instruction> {
    let mut program = vec![REFUSE_ALL; MOST_INSTRUCTIONS];
    let mut len = program.len() as libc::socklen_t;
    // SAFETY: the kernel writes at most `len` instructions, for which there is room.
    let code = unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, GET_FILTER, program.as_mut_ptr().cast(), &raw mut len) };
    program.truncate(if code == 0 { len as usize } else { 0 });
    program
}

/// Has the kernel run a filter for a packet socket; for another source this is
/// nothing.
pub(super) fn set_kernel_filter(fd: c_int, program: &mut [Instruction]) {
    let program = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    let size = size_of_val(&program) as libc::socklen_t;
    // SAFETY: the program has as many instructions as it says, and the kernel copies it.
    unsafe { libc::setsockopt(fd, libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, (&raw const program).cast(), size) };
}

/// The snapshot length that is in force.
pub(super) fn snapshot(handle: *mut Handle) -> u32 {
    // SAFETY: `handle` is live and active.
    u32::try_from(unsafe { pcap_snapshot(handle) }).unwrap_or_default()
}

/// libpcap's version.
pub(super) fn library_version() -> String {
    // SAFETY: takes nothing and returns a static string.
    text(unsafe { pcap_lib_version() })
}

/// A compiled filter, freed when it goes.
struct Compiled(Program);

impl Compiled {
    fn new(handle: *mut Handle, expression: &CStr, optimize: bool, mask: u32) -> Result<Self, String> {
        // SAFETY: a zeroed program is what pcap_compile expects to fill.
        let mut program = unsafe { mem::zeroed::<Program>() };
        // SAFETY: `handle` is live, `expression` is NUL-terminated.
        let code = unsafe { pcap_compile(handle, &raw mut program, expression.as_ptr(), c_int::from(optimize), mask) };
        if code < 0 { Err(last_error(handle)) } else { Ok(Compiled(program)) }
    }
}

impl Drop for Compiled {
    fn drop(&mut self) {
        // SAFETY: the program was filled by pcap_compile.
        unsafe { pcap_freecode(&raw mut self.0) }
    }
}

/// Compiles a filter for the handle and sets it.
pub(super) fn compile_and_set(handle: *mut Handle, text: &CStr, optimize: bool, mask: u32) -> Result<(), String> {
    let mut compiled = Compiled::new(handle, text, optimize, mask)?;
    // SAFETY: handle and program are live.
    let code = unsafe { pcap_setfilter(handle, &raw mut compiled.0) };
    if code < 0 { Err(last_error(handle)) } else { Ok(()) }
}

/// The instructions of a filter for the handle.
pub(super) fn compile(handle: *mut Handle, text: &CStr, optimize: bool, mask: u32) -> Result<Vec<Instruction>, String> {
    let compiled = Compiled::new(handle, text, optimize, mask)?;
    // SAFETY: pcap_compile filled `len` instructions at `instructions`.
    let all = unsafe { std::slice::from_raw_parts(compiled.0.instructions, compiled.0.len as usize) };
    Ok(all.to_vec())
}

/// Whether a packet of `len` octets, of which `data` is captured, passes a filter
/// that libpcap compiled.
pub(super) fn passes(program: &[Instruction], data: &[u8], len: u32) -> bool {
    // SAFETY: programs that libpcap compiles end with a return and read inside the given length.
    unsafe { bpf_filter(program.as_ptr(), data.as_ptr(), len, data.len() as u32) != 0 }
}

/// The network and mask of an interface.
pub(super) fn lookup_network(name: &str) -> Result<(u32, u32), String> {
    let name = CString::new(name).map_err(|_| "the name has a NUL character".to_owned())?;
    let (mut network, mut mask) = (0, 0);
    let mut error = [0; ERROR_TEXT];
    // SAFETY: the name is NUL-terminated and the buffer has PCAP_ERRBUF_SIZE octets.
    let code = unsafe { pcap_lookupnet(name.as_ptr(), &raw mut network, &raw mut mask, error.as_mut_ptr()) };
    if code < 0 { Err(text(error.as_ptr())) } else { Ok((network, mask)) }
}

/// Names and descriptions of a handle's time stamp types.
pub(super) fn time_stamp_types(handle: *mut Handle) -> Result<Vec<(String, String)>, String> {
    let mut list = ptr::null_mut();
    // SAFETY: `handle` is live; the list is freed below.
    let count = unsafe { pcap_list_tstamp_types(handle, &raw mut list) };
    if count < 0 {
        return Err(last_error(handle));
    }
    let mut types = Vec::new();
    for i in 0..usize::try_from(count).unwrap_or_default() {
        // SAFETY: the list has `count` numbers, and any number may be asked for.
        types.push(unsafe {
            let kind = *list.add(i);
            (text(pcap_tstamp_type_val_to_name(kind)), text(pcap_tstamp_type_val_to_description(kind)))
        });
    }
    if !list.cast::<c_void>().is_null() {
        // SAFETY: it came from pcap_list_tstamp_types.
        unsafe { pcap_free_tstamp_types(list) };
    }
    Ok(types)
}

/// The number of a time stamp type.
pub(super) fn time_stamp_type(name: &str) -> Option<i32> {
    let name = CString::new(name).ok()?;
    // SAFETY: the name is NUL-terminated.
    let code = unsafe { pcap_tstamp_type_name_to_val(name.as_ptr()) };
    (code >= 0).then_some(code)
}
