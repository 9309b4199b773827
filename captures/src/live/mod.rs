//! Capturing on interfaces through libpcap.

mod devices;
mod ffi;
mod links;
mod namespace;
mod several;

use std::ffi::CString;
use std::mem;
use std::net::Ipv4Addr;
use std::os::fd::RawFd;
use std::ptr::NonNull;
use std::thread;
use std::time::{Duration, Instant};

use pcap::{Active, Capture, Linktype};

pub use devices::{Device, devices, library_version};
pub use links::{Change, Links};
pub use namespace::Namespace;
pub use several::Several;

use crate::chunk::{self, Chunk};
use crate::link;
use crate::packet::{Interface, Resolution};

/// Milliseconds after which the kernel hands over a block that is not full.
const BLOCK_TIMEOUT: i32 = 100;

/// Packets that are taken at once before the room in a chunk is looked at again.
const AT_ONCE: usize = 64;

/// Octets of the kernel's buffer where none are asked for; it is lent in blocks,
/// and a reader that is kept waiting loses nothing until it is full.
const BUFFER: i32 = 16 << 20;

/// Which packets are wanted, as seen from the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Received and sent.
    Both,
    /// Received.
    In,
    /// Sent.
    Out,
}

/// How an interface is to be captured.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The most octets to capture of a packet.
    pub snaplen: u32,
    /// Whether to ask for promiscuous mode.
    pub promiscuous: bool,
    /// Whether to ask for monitor mode.
    pub monitor: bool,
    /// The kernel's buffer in KiB.
    pub buffer: Option<u32>,
    /// Whether packets come as soon as they arrive.
    pub immediate: bool,
    /// The time stamp type and its name.
    pub time_stamp: Option<(i32, String)>,
    /// Whether times are in nanoseconds.
    pub nano: bool,
    /// Which packets are wanted.
    pub direction: Direction,
    /// The DLT_ value that is asked for.
    pub link: Option<i32>,
}

/// The interface whose packets are seen as they are sent and again as they are
/// received; libpcap gives the latter only.
const LOOPBACK: &str = "lo";

/// Its index, which is the same everywhere.
const LOOPBACK_INDEX: u32 = 1;

/// Packets after which the kernel's counters, of 32 bits, are looked at.
const COUNTERS: u64 = 1 << 30;

/// The counters of a capture since its filter was set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Packets that passed the filter.
    pub received: u64,
    /// Packets that did not fit into the kernel's buffer.
    pub dropped: u64,
    /// Packets that the interface itself dropped.
    pub interface_dropped: u64,
}

/// An interface that is being captured.
pub struct Live {
    handle: Capture<Active>,
    interface: Interface,
    direction: Direction,
    fd: RawFd,
    /// The counters so far, and libpcap's as they were then.
    counts: Counts,
    seen: pcap::Stat,
    /// Packets taken, and how many there were when the counters were looked at.
    taken: u64,
    looked: u64,
    /// Whether no more is taken than there was when the capture was to end.
    closed: bool,
    /// The filter, where it is too long for the kernel, and the packets that it refused.
    rest: Option<Vec<ffi::Instruction>>,
    refused: u64,
    /// Why it ends, and until when what the kernel holds back is waited for.
    gone: Option<(Instant, String)>,
}

/// An interface that could not be opened: libpcap's words, and a note if it has one.
#[derive(Debug)]
pub struct OpenError {
    /// The message without the program's name.
    pub text: String,
}

impl Live {
    /// Opens `name`; the second part are warnings.
    ///
    /// # Errors
    /// The interface does not exist, may not be captured, or does not support
    /// what is asked.
    pub fn open(name: &str, settings: &Settings) -> Result<(Self, Vec<String>), OpenError> {
        let error = |text: String| OpenError { text };
        let inactive = Capture::from_device(name).map_err(|e| error(plain(&e)))?;
        let mut warnings = Vec::new();
        let pointer = inactive.as_ptr().cast();
        let set = |what: ffi::Setting| ffi::set(pointer, what);
        if settings.nano {
            let code = set(ffi::Setting::NanoPrecision);
            if code != 0 {
                return Err(error(format!("{name}: Can't set nanosecond time stamp precision: {}", ffi::status(code))));
            }
        }
        if settings.immediate {
            set(ffi::Setting::Immediate);
        }
        if settings.monitor {
            match ffi::can_monitor(pointer) {
                1 => {
                    set(ffi::Setting::Monitor);
                }
                0 => return Err(error(format!("{name}: That device doesn't support monitor mode"))),
                code => return Err(error(open_text(name, code, pointer))),
            }
        }
        set(ffi::Setting::Snaplen(settings.snaplen as i32));
        set(ffi::Setting::Promiscuous(settings.promiscuous));
        set(ffi::Setting::Timeout(BLOCK_TIMEOUT));
        let octets = settings.buffer.map_or(BUFFER, |kib| i32::try_from(u64::from(kib) * 1024).unwrap_or(i32::MAX));
        set(ffi::Setting::Buffer(octets));
        if let Some((number, label)) = &settings.time_stamp {
            let code = set(ffi::Setting::TimeStampType(*number));
            let text = ffi::status(code);
            if code < 0 {
                return Err(error(format!("{name}: Can't set time stamp type: {text}")));
            }
            if code > 0 {
                warnings.push(format!("When trying to set timestamp type '{label}' on {name}: {text}"));
            }
        }
        let code = ffi::activate(pointer);
        if code < 0 {
            return Err(error(open_text(name, code, pointer)));
        }
        if code > 0 {
            warnings.push(warning_text(name, code, pointer));
        }
        let active = NonNull::new(inactive.as_ptr()).ok_or_else(|| error(format!("{name}: no handle")))?;
        // The activated handle belongs to the new owner only.
        mem::forget(inactive);
        let mut handle = Capture::<Active>::from(active);
        if let Some(dlt) = settings.link {
            handle.set_datalink(Linktype(dlt)).map_err(|e| error(plain(&e)))?;
        } else if name == "any" {
            // Cooked capture version 2 has the interface of each packet; an older
            // libpcap goes on with version 1.
            let _ = handle.set_datalink(Linktype::LINUX_SLL2);
        }
        let direction = match settings.direction {
            Direction::Both => None,
            Direction::In => Some(pcap::Direction::In),
            Direction::Out => Some(pcap::Direction::Out),
        };
        if let Some(direction) = direction {
            handle
                .direction(direction)
                .map_err(|e| error(format!("{name}: pcap_setdirection() failed: {}", plain(&e))))?;
        }
        let handle = handle.setnonblock().map_err(|e| error(plain(&e)))?;
        let pointer = handle.as_ptr().cast();
        let fd = ffi::selectable(pointer);
        let interface = Interface {
            link: link::from_dlt(handle.get_datalink().0),
            snaplen: ffi::snapshot(pointer),
            resolution: if settings.nano { Resolution::NANO } else { Resolution::MICRO },
            offset: 0,
            name: Some(name.to_owned()),
        };
        let seen = pcap::Stat { received: 0, dropped: 0, if_dropped: 0 };
        let (direction, counts) = (settings.direction, Counts::default());
        let live = Live {
            handle,
            interface,
            direction,
            fd,
            counts,
            seen,
            taken: 0,
            looked: 0,
            closed: false,
            rest: None,
            refused: 0,
            gone: None,
        };
        Ok((live, warnings))
    }

    /// The interface.
    pub fn interface(&self) -> &Interface {
        &self.interface
    }

    /// The DLT_ value of the packets.
    pub fn dlt(&self) -> i32 {
        self.handle.get_datalink().0
    }

    /// The link types that the interface can have.
    pub fn links(&self) -> Vec<i32> {
        self.handle.list_datalinks().unwrap_or_default().into_iter().map(|link| link.0).collect()
    }

    /// Compiles a filter for this handle and has the kernel run it. What came
    /// before is thrown away, and the counters begin.
    ///
    /// # Errors
    /// libpcap's message.
    pub fn set_filter(&mut self, expression: &str, optimize: bool, mask: u32) -> Result<(), String> {
        let wanted = self.compile(expression, optimize, mask)?;
        self.attach(expression, optimize, mask)?;
        let mut program = ffi::kernel_filter(self.fd);
        // libpcap also runs the filter itself over what may have come before it,
        // and there sees neither direction nor tags: it gets one that lets all through.
        self.attach("", optimize, mask)?;
        let all = ffi::kernel_filter(self.fd);
        if all.is_empty() {
            // No packet socket, such as a USB bus.
            return self.attach(expression, optimize, mask);
        }
        let unwanted = self.unwanted();
        if program.is_empty() || unwanted.len() + program.len() > ffi::MOST_INSTRUCTIONS {
            // Too long for the kernel.
            self.rest = Some(wanted);
            program = all;
        }
        program.splice(..0, unwanted);
        self.silence();
        ffi::set_kernel_filter(self.fd, &mut program);
        Ok(())
    }

    fn attach(&mut self, expression: &str, optimize: bool, mask: u32) -> Result<(), String> {
        let text = CString::new(expression).map_err(|_| "the filter has a NUL character".to_owned())?;
        ffi::compile_and_set(self.handle.as_ptr().cast(), &text, optimize, mask)
    }

    /// The start of a filter for the kernel that takes away what libpcap would
    /// take away behind it, so that the kernel does not count what nobody gets.
    fn unwanted(&self) -> Vec<ffi::Instruction> {
        let name = self.interface.name.as_deref().unwrap_or_default();
        let mut start = match self.direction {
            Direction::Both => Vec::new(),
            Direction::In => ffi::drop_sent().to_vec(),
            Direction::Out => ffi::drop_received().to_vec(),
        };
        if name == LOOPBACK || name == "any" {
            start.extend(ffi::drop_sent_by(LOOPBACK_INDEX));
        }
        start
    }

    /// Lets nothing through, and throws away what came before: a block of the
    /// kernel's buffer that is not full is handed over only after a while.
    fn silence(&mut self) {
        ffi::set_kernel_filter(self.fd, &mut [ffi::REFUSE_ALL]);
        let counts = self.counts().unwrap_or_default();
        let mut left = counts.received.saturating_sub(counts.dropped);
        let deadline = Instant::now() + 2 * self.hold();
        while left > 0 && Instant::now() < deadline {
            match self.handle.dispatch(None, |_| {}) {
                Ok(0) => thread::sleep(Duration::from_millis(1)),
                Ok(count) => left = left.saturating_sub(count as u64),
                Err(_) => break,
            }
        }
        self.counts = Counts::default();
    }

    /// The instructions that a filter compiles to for this handle.
    ///
    /// # Errors
    /// libpcap's message.
    pub fn instructions(&self, expression: &str, optimize: bool, mask: u32) -> Result<Vec<(u16, u8, u8, u32)>, String> {
        let program = self.compile(expression, optimize, mask)?;
        Ok(program.iter().map(|i| (i.code, i.jt, i.jf, i.k)).collect())
    }

    fn compile(&self, expression: &str, optimize: bool, mask: u32) -> Result<Vec<ffi::Instruction>, String> {
        let text = CString::new(expression).map_err(|_| "the filter has a NUL character".to_owned())?;
        ffi::compile(self.handle.as_ptr().cast(), &text, optimize, mask)
    }

    /// The descriptor to poll until there are packets.
    pub fn descriptor(&self) -> RawFd {
        self.fd
    }

    /// How long the kernel may hold packets back.
    pub fn hold(&self) -> Duration {
        Duration::from_millis(BLOCK_TIMEOUT as u64)
    }

    /// Moves what the kernel has into `chunk` until it is full, each packet with
    /// the number `tagged` if there is one; how many there were.
    ///
    /// # Errors
    /// libpcap's message, as when the interface disappears.
    pub fn drain(&mut self, chunk: &mut Chunk, tagged: Option<u32>) -> Result<usize, String> {
        let mut total = 0;
        while chunk.len() < chunk::SIZE {
            let mut passed = 0;
            let (want, got) = self.dispatch(AT_ONCE, |packet| {
                let header = packet.header;
                let (seconds, fraction) = (header.ts.tv_sec as u32, header.ts.tv_usec as u32);
                chunk.capture(seconds, fraction, header.len, packet.data, tagged);
                passed += 1;
            })?;
            total += passed;
            if got < want || got == 0 {
                break;
            }
        }
        Ok(total)
    }

    /// Takes away what the kernel has, at most `most` packets; how many there were.
    ///
    /// # Errors
    /// As [`Live::drain`].
    pub fn discard(&mut self, most: usize) -> Result<usize, String> {
        let mut passed = 0;
        self.dispatch(most, |_| passed += 1)?;
        Ok(passed)
    }

    /// Takes at most `most` packets, and gives those to `take` that pass; how many
    /// were wanted, and how many there were. An interface that goes away leaves a
    /// block that the kernel hands over later.
    fn dispatch(&mut self, most: usize, mut take: impl FnMut(pcap::Packet<'_>)) -> Result<(usize, usize), String> {
        let want = if self.closed { most.min(usize::try_from(self.left()).unwrap_or(most)) } else { most };
        // libpcap takes nought for all.
        let (rest, refused) = (self.rest.as_deref(), &mut self.refused);
        let take = |packet: pcap::Packet<'_>| match rest {
            Some(rest) if !ffi::passes(rest, packet.data, packet.header.len) => *refused += 1,
            _ => take(packet),
        };
        let result = if want == 0 { Ok(0) } else { self.handle.dispatch(Some(want), take) };
        if let (Err(error), None) = (&result, &self.gone) {
            self.gone = Some((Instant::now() + 2 * self.hold(), plain(error)));
            self.close();
        }
        let got = result.unwrap_or(0);
        self.taken += got as u64;
        if let Some((until, text)) = &self.gone
            && got == 0
            && (self.is_done() || Instant::now() >= *until)
        {
            return Err(text.clone());
        }
        if self.taken - self.looked >= COUNTERS {
            self.looked = self.taken;
            let _ = self.counts();
        }
        Ok((want, got))
    }

    /// Whether the interface has gone away, and its last packets are waited for.
    fn is_going(&self) -> bool {
        self.gone.is_some()
    }

    /// Takes no more than the kernel has received by now.
    pub fn close(&mut self) {
        let _ = self.counts();
        self.closed = true;
    }

    /// Whether the capture was closed, and all is taken that there was then.
    pub fn is_done(&self) -> bool {
        self.closed && self.left() == 0
    }

    /// Packets that the kernel had when the counters were looked at, and that are
    /// not taken yet.
    fn left(&self) -> u64 {
        self.counts.received.saturating_sub(self.counts.dropped).saturating_sub(self.taken)
    }

    /// The counters so far; of a capture that was closed, those of then.
    ///
    /// # Errors
    /// libpcap's message.
    pub fn counts(&mut self) -> Result<Counts, String> {
        if !self.closed {
            let now = self.handle.stats().map_err(|e| plain(&e))?;
            let counts = &mut self.counts;
            counts.received += u64::from(now.received.wrapping_sub(self.seen.received));
            counts.dropped += u64::from(now.dropped.wrapping_sub(self.seen.dropped));
            // It falls to nought where the interface is gone.
            let interface_dropped = now.if_dropped.wrapping_sub(self.seen.if_dropped) as i32;
            counts.interface_dropped += u64::try_from(interface_dropped).unwrap_or_default();
            self.seen = now;
        }
        // What the filter behind the kernel's still has before it is counted as passing.
        Ok(Counts { received: self.counts.received.saturating_sub(self.refused), ..self.counts })
    }
}

/// libpcap's message without the prefix that the wrapper adds.
fn plain(error: &pcap::Error) -> String {
    match error {
        pcap::Error::PcapError(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The message of a failed activation: the status, and libpcap's own in brackets.
fn open_text(name: &str, code: i32, handle: *mut ffi::Handle) -> String {
    const GENERIC: i32 = -1;
    const NO_SUCH_DEVICE: i32 = -5;
    let (status, detail) = (ffi::status(code), ffi::last_error(handle));
    match detail.as_str() {
        _ if code == GENERIC => detail,
        "" => format!("{name}: {status}"),
        // Where there is no detail libpcap repeats the status, which tcpdump
        // prints twice for a missing device only.
        same if same == status && code != NO_SUCH_DEVICE => format!("{name}: {status}"),
        detail => format!("{name}: {status}\n({detail})"),
    }
}

/// The text of an activation that succeeded with a warning.
fn warning_text(name: &str, code: i32, handle: *mut ffi::Handle) -> String {
    const GENERIC: i32 = 1;
    let (status, detail) = (ffi::status(code), ffi::last_error(handle));
    match detail.as_str() {
        _ if code == GENERIC => detail,
        "" => format!("{name}: {status}"),
        detail => format!("{name}: {status}\n({detail})"),
    }
}

/// The network and mask of an interface, for `ip broadcast` and `-f`.
///
/// # Errors
/// The interface has no IPv4 address.
pub fn network(name: &str) -> Result<(Ipv4Addr, Ipv4Addr), String> {
    // libpcap has them in network order, but compares the mask in host order.
    ffi::lookup_network(name).map(|(network, mask)| (u32::from_be(network).into(), u32::from_be(mask).into()))
}

/// The time stamp types of an interface: name and description.
///
/// # Errors
/// The interface does not exist or may not be looked at.
pub fn time_stamp_types(name: &str) -> Result<Vec<(String, String)>, OpenError> {
    let inactive = Capture::from_device(name).map_err(|e| OpenError { text: plain(&e) })?;
    ffi::time_stamp_types(inactive.as_ptr().cast()).map_err(|text| OpenError { text: format!("{name}: {text}") })
}

/// The number of a time stamp type by its name.
pub fn time_stamp_type(name: &str) -> Option<i32> {
    ffi::time_stamp_type(name)
}
