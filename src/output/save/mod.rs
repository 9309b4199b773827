//! The files of `-w`: whole records, whatever happens to the disk, in one file
//! or in several, one after the other.

mod complete;
mod folder;
mod hook;
mod names;
mod rotation;
mod split;
mod target;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::File;
use std::io;
use std::mem;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sniff_captures::file::Layout;
use sniff_captures::live::Counts;
use sniff_captures::write::{Compression, Section, Writer, is_section};
use sniff_captures::{Interface, Packet, Time};

use crate::cli::{Args, Input};
use crate::message;
use crate::pipeline::{plural, reason};
use complete::Complete;
use folder::{Folder, Identity};
pub(crate) use names::varies;
use rotation::{Due, Rotation};
pub(crate) use split::Split;
use target::Target;

/// Octets that are held back before they are written.
const FULL: usize = 256 << 10;
/// The same for files that are compressed, whose size shows only then.
const FULL_PART: usize = 64 << 10;
/// Longer stretches are written from where they lie.
const LONG: usize = 32 << 10;
/// The most octets of interfaces, and of names and secrets, that each of several
/// pcapng files begins with: these bounds to a half of a file's size.
const MIN_REPEATED: u64 = 64 << 10;
const MAX_REPEATED: u64 = 4 << 20;
/// How often commands of `-z` are looked after.
const HOOK_PAUSE: Duration = Duration::from_millis(100);

/// What a file cannot be, or what became of it.
#[derive(Debug)]
pub(crate) enum SaveError {
    /// It has no name.
    NoName,
    /// It cannot be created.
    Create(PathBuf, io::Error),
    /// It cannot be written; so many packets are in it and the files before it.
    Write(PathBuf, io::Error, u64),
    /// It is a file that is read.
    SameFile(PathBuf),
    /// The command of `-z` cannot be run.
    Hook(OsString, io::Error),
}

impl fmt::Display for SaveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SaveError::NoName => f.write_str("an empty string is not a valid file name"),
            SaveError::Create(path, error) => write!(f, "{}: {}", path.display(), reason(error)),
            SaveError::Write(path, error, packets) => write!(
                f,
                "{}: {}; {packets} packet{} written, the file ends with a whole packet",
                path.display(),
                reason(error),
                plural(*packets)
            ),
            SaveError::SameFile(path) => write!(f, "{}: cannot write the file that is read", path.display()),
            SaveError::Hook(command, error) => write!(f, "-z {}: {}", command.display(), reason(error)),
        }
    }
}

/// How a file is to be written.
pub(crate) enum Style<'a> {
    /// Classic, for packets of an interface, with nanoseconds or not.
    Pcap(&'a Interface, bool),
    /// pcapng.
    Pcapng(Section),
}

/// The compression that a file name asks for, and whether it asks for pcapng.
fn format_of(path: &Path) -> (Option<Compression>, bool) {
    let (compression, path) = match Compression::of(path) {
        Some((compression, path)) => (Some(compression), path),
        None => (None, path),
    };
    let pcapng = path.extension().is_some_and(|extension| extension == "pcapng");
    let known = pcapng || path.extension().is_some_and(|extension| extension == "pcap");
    (compression.filter(|_| known), pcapng)
}

/// Whether a file name asks for pcapng.
pub(crate) fn is_pcapng_name(path: &Path) -> bool {
    format_of(path).1
}

/// What tells the time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clock {
    /// The system's clock, as a capture goes on.
    System,
    /// The packets of a file that is read.
    Packets,
}

/// Why no more packets are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The files that `-W` asked for are complete.
    Files,
    /// The octets that `--max-bytes` asked for are there.
    Octets,
    /// A file cannot be written.
    Failed,
}

/// Capture files that are being written.
pub(crate) struct Save {
    /// Nothing for standard output.
    folder: Option<Arc<Folder>>,
    rotation: Rotation,
    clock: Clock,
    /// The files before; nothing for standard output.
    complete: Option<Complete>,
    hook_last: bool,
    compression: Option<Compression>,
    inputs: Vec<Identity>,
    each: bool,
    most: Option<u64>,
    /// The file that is open; none yet while the first packet is to name it.
    target: Option<Target>,
    writer: Writer,
    /// Whether what is held back begins the file, and how many packets are in it.
    begins: bool,
    held: u64,
    /// Packets that are in files, and octets in the files before this one.
    packets: u64,
    before: u64,
    end: Option<End>,
}

impl Save {
    /// Creates the file of `-w`, or takes standard output for `-`; it may not be
    /// one of `inputs`. Where the first packet names the file, it is created then.
    pub(crate) fn create(args: &Args, inputs: &[PathBuf], style: &Style<'_>) -> Result<Self, SaveError> {
        let path = args.write.as_deref().unwrap_or(Path::new(""));
        if path.as_os_str().is_empty() {
            return Err(SaveError::NoName);
        }
        let failed = |error| SaveError::Create(path.to_owned(), error);
        let files = &args.files;
        let (folder, rotation) = if path.as_os_str() == "-" {
            (None, Rotation::of_stdout(files))
        } else {
            let (folder, name) = Folder::of(path, files.seconds.is_some()).map_err(failed)?;
            (Some(Arc::new(folder)), Rotation::new(name, files))
        };
        let complete = folder.as_ref().map(|folder| Complete::new(Arc::clone(folder), files, rotation.wraps()));
        // Every file may begin with as much as a half of it.
        let repeated = rotation.size().map_or(MAX_REPEATED, |size| (size / 2).clamp(MIN_REPEATED, MAX_REPEATED));
        let writer = match style {
            Style::Pcap(interface, nano) => Writer::pcap(interface, *nano),
            Style::Pcapng(section) => {
                Writer::pcapng(section, rotation.rotates().then_some(repeated as usize)).map_err(failed)?
            }
        };
        let mut save = Save {
            complete: complete.transpose()?,
            hook_last: files.hook_last,
            compression: format_of(path).0.filter(|_| folder.is_some()),
            inputs: inputs.iter().filter_map(|path| folder::identity_of_input(path)).collect(),
            clock: if matches!(args.input, Input::Live(_)) { Clock::System } else { Clock::Packets },
            each: args.packet_buffered,
            most: files.max_octets,
            target: None,
            folder,
            rotation,
            writer,
            begins: false,
            held: 0,
            packets: 0,
            before: 0,
            end: None,
        };
        if save.rotation.is_timed() && save.clock == Clock::Packets {
            save.folder.as_ref().map_or(Ok(()), |folder| folder.check()).map_err(failed)?;
        } else {
            save.begin(now())?;
        }
        Ok(save)
    }

    /// Whether records may be handed over in long runs: there is one file, which
    /// has no bound and is not compressed.
    pub(crate) fn is_plain(&self) -> bool {
        !self.rotation.rotates() && self.compression.is_none() && self.most.is_none()
    }

    /// How records must lie to be handed over in long runs, if they may.
    pub(crate) fn layout(&self) -> Option<Layout> {
        self.writer.layout().filter(|_| self.is_plain())
    }

    /// Whether the run is to end.
    pub(crate) fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// Whether packets are still taken. What a capture has received before its
    /// last file was complete, but not yet handed over, goes into that file.
    pub(crate) fn takes_packets(&self) -> bool {
        match self.end {
            None => true,
            Some(End::Files) => self.clock == Clock::System,
            Some(End::Octets | End::Failed) => false,
        }
    }

    /// Writes a packet; false if the run came to its end before it.
    pub(crate) fn packet(&mut self, packet: &Packet<'_>) -> Result<bool, SaveError> {
        if self.rotation.rotates() {
            let now = (self.clock == Clock::Packets).then_some(packet.time.seconds);
            self.turn(now)?;
        }
        if !self.takes_packets() {
            return Ok(false);
        }
        self.writer.packet(packet);
        self.held += 1;
        self.written()?;
        Ok(true)
    }

    /// Writes a run of whole records of the file's own format, in which so many
    /// are packets. Only for a file that [is plain](Self::is_plain).
    pub(crate) fn records(&mut self, octets: &[u8], packets: u64) -> Result<(), SaveError> {
        if octets.len() < LONG {
            self.writer.octets().extend_from_slice(octets);
            self.held += packets;
            return self.written();
        }
        self.flush()?;
        self.send(octets, packets)
    }

    /// Keeps a block that holds no packet.
    pub(crate) fn block(&mut self, block: &[u8]) -> Result<(), SaveError> {
        if self.target.is_none() {
            let result = self.writer.remember(block);
            return result.map_err(|error| self.fail(error));
        }
        if is_section(block) {
            self.flush()?;
        }
        let result = self.writer.block(block);
        result.map_err(|error| self.fail(error))?;
        self.written()
    }

    /// Goes on with another input.
    pub(crate) fn input(&mut self, style: &Style<'_>) -> Result<(), SaveError> {
        let Style::Pcapng(section) = style else { return Ok(()) };
        self.flush()?;
        let result = self.writer.section(section);
        result.map_err(|error| self.fail(error))?;
        if self.target.is_none() {
            self.writer.octets().clear();
        }
        Ok(())
    }

    /// The counters of an interface at the end of a live capture, where the
    /// format has a place for them.
    pub(crate) fn statistics(&mut self, interface: u32, end: Time, counts: &Counts) -> Result<(), SaveError> {
        let result = self.writer.statistics(interface, end, counts.received, counts.dropped);
        result.map_err(|error| self.fail(error))?;
        self.written()
    }

    /// What is to be done when time has passed: a file may be due, another too
    /// old, a command may have ended.
    pub(crate) fn tick(&mut self) -> Result<(), SaveError> {
        if let Some(complete) = &mut self.complete {
            complete.step();
        }
        if self.clock == Clock::System {
            self.turn(Some(now()))?;
        }
        Ok(())
    }

    /// When [`tick`](Self::tick) is to be called, if not earlier.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let live = self.clock == Clock::System && !self.has_ended();
        let complete = self.complete.as_ref();
        let seconds = [self.rotation.over(), complete.and_then(Complete::expiry)];
        let second = seconds.into_iter().flatten().filter(|_| live).min().map(instant);
        let look = complete.filter(|complete| complete.is_busy()).map(|_| Instant::now() + HOOK_PAUSE);
        second.into_iter().chain(look).min()
    }

    /// Writes what is held back. If the disk is full, the file is cut to its
    /// last whole record.
    pub(crate) fn flush(&mut self) -> Result<(), SaveError> {
        let mut octets = mem::take(self.writer.octets());
        let packets = mem::take(&mut self.held);
        let result = if octets.is_empty() { Ok(()) } else { self.send(&octets, packets) };
        octets.clear();
        *self.writer.octets() = octets;
        result
    }

    /// Ends the last file, and waits for the commands.
    pub(crate) fn finish(&mut self) -> Result<(), SaveError> {
        if self.target.is_none() && !self.has_ended() {
            // Nothing named the file.
            self.begin(now())?;
        }
        let hook = self.hook_last || self.end == Some(End::Files);
        let result = self.close(now(), hook);
        if let Some(complete) = &mut self.complete {
            complete.finish();
        }
        result
    }

    /// Octets of the file that is open.
    fn octets(&mut self) -> u64 {
        let held = self.writer.octets().len() as u64;
        self.target.as_ref().map_or(0, |target| target.octets + if target.is_compressed() { 0 } else { held })
    }

    /// After something was added to what is held back.
    fn written(&mut self) -> Result<(), SaveError> {
        let full = if self.compression.is_some() { FULL_PART } else { FULL };
        if self.each || self.writer.octets().len() >= full {
            self.flush()?;
        }
        if let Some(most) = self.most
            && self.before + self.octets() >= most
        {
            self.end = self.end.or(Some(End::Octets));
        }
        Ok(())
    }

    /// Begins the first file.
    fn begin(&mut self, now: i64) -> Result<(), SaveError> {
        self.rotation.begin(now);
        self.open()
    }

    /// Goes on to the next file where one is due.
    fn turn(&mut self, now: Option<i64>) -> Result<(), SaveError> {
        if self.has_ended() {
            return Ok(());
        }
        if let (None, Some(now)) = (&self.target, now) {
            return self.begin(now);
        }
        let octets = self.octets();
        let due = self.rotation.due(now, octets);
        let now = match now {
            Some(now) => now,
            None if due == Due::Nothing => return Ok(()),
            None => self::now(),
        };
        match due {
            Due::Next if self.folder.is_some() => {
                self.close(now, true)?;
                self.open()?;
            }
            Due::End(files) => {
                message::line(&format!("Maximum file limit reached: {files}"));
                self.end = Some(End::Files);
            }
            _ => {}
        }
        if let Some(complete) = &mut self.complete {
            complete.expire(now);
        }
        Ok(())
    }

    /// Opens the file that is due.
    fn open(&mut self) -> Result<(), SaveError> {
        let name = self.rotation.name();
        let path = self.path(&name);
        let file = match &self.folder {
            None => io::stdout().as_fd().try_clone_to_owned().map(File::from),
            Some(folder) => {
                if self.inputs.iter().any(|&input| folder.identity(&name) == Some(input)) {
                    self.end = Some(End::Failed);
                    return Err(SaveError::SameFile(path));
                }
                loop {
                    match folder.create(&name) {
                        Err(error) if relieve(&mut self.complete, &error) => {}
                        other => break other,
                    }
                }
            }
        };
        let target = file.and_then(|file| Target::new(name.clone(), file, self.compression));
        let target = target.map_err(|error| {
            self.end = Some(End::Failed);
            SaveError::Create(path.clone(), error)
        })?;
        self.target = Some(target);
        if let Some(complete) = &mut self.complete {
            complete.forget(&name);
        }
        self.writer.begin();
        self.begins = true;
        if self.each { self.flush() } else { Ok(()) }
    }

    /// Ends the file that is open, and runs the command on it if `hook`.
    fn close(&mut self, now: i64, hook: bool) -> Result<(), SaveError> {
        self.flush()?;
        let ending = self.target.as_mut().map_or(Ok(Vec::new()), Target::ending);
        let ending = ending.map_err(|error| self.fail(error))?;
        self.send(&ending, 0)?;
        let Some(target) = self.target.take() else { return Ok(()) };
        self.before += target.octets;
        if let Some(complete) = &mut self.complete {
            complete.add(target.name, target.octets, now, hook);
        }
        Ok(())
    }

    /// Writes records of the open file.
    fn send(&mut self, octets: &[u8], packets: u64) -> Result<(), SaveError> {
        let Some(target) = &mut self.target else { return Ok(()) };
        let encoded = match target.encode(octets) {
            Ok(encoded) => encoded,
            Err(error) => return Err(self.fail(error)),
        };
        if let Some(complete) = &mut self.complete {
            complete.make_room(target.octets + encoded.len() as u64);
        }
        let result = target.write(&encoded, &mut |error| relieve(&mut self.complete, error));
        let Err(short) = result else {
            self.packets += packets;
            self.begins = false;
            return Ok(());
        };
        // A compressed part is of use only as a whole.
        let whole = if target.is_compressed() {
            Default::default()
        } else {
            self.writer.whole(&octets[..short.done], self.begins)
        };
        target.cut(short.done - whole.octets);
        self.packets += whole.packets;
        Err(self.fail(short.error))
    }

    /// Gives the file up, which stays as it is.
    fn fail(&mut self, error: io::Error) -> SaveError {
        self.end = Some(End::Failed);
        self.writer.octets().clear();
        let name = self.target.take().map_or_else(|| self.rotation.name(), |target| target.name);
        SaveError::Write(self.path(&name), error, self.packets)
    }

    fn path(&self, name: &OsStr) -> PathBuf {
        self.folder.as_ref().map_or_else(|| name.into(), |folder| folder.path(name))
    }
}

/// After a write that failed: whether there may be room now.
fn relieve(complete: &mut Option<Complete>, error: &io::Error) -> bool {
    complete.as_mut().is_some_and(|complete| complete.relieve(error))
}

/// The second since 1970.
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() as i64
}

/// When a second since 1970 begins.
fn instant(second: i64) -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let left = Duration::from_secs(second.try_into().unwrap_or(0)).saturating_sub(since);
    // A time that no clock reaches is as good as a year.
    Instant::now() + left.min(Duration::from_secs(365 * 86_400))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A file of `-w` in a folder that goes away with it.
    struct Written(PathBuf);

    impl Drop for Written {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.0);
        }
    }

    impl Written {
        fn new(name: &str) -> Self {
            Written(std::env::temp_dir().join(format!("sniff-save-{}-{name}", std::process::id())))
        }

        fn save(&self, options: &[&str]) -> Save {
            let words = ["sniff", "-r", "f", "-w"].map(OsString::from);
            let options = options.iter().map(OsString::from);
            let words: Vec<OsString> = words.into_iter().chain([self.0.clone().into()]).chain(options).collect();
            let args = crate::cli::parse(&words).unwrap();
            let interface = Interface {
                link: 1,
                snaplen: 65_535,
                resolution: sniff_captures::Resolution::MICRO,
                offset: 0,
                name: None,
            };
            Save::create(&args, &[], &Style::Pcap(&interface, false)).unwrap()
        }
    }

    /// Workers hand the files to one another.
    const _: fn() = || {
        fn sent<T: Send>() {}
        sent::<Save>();
    };

    #[test]
    fn runs_of_records_of_any_length_keep_their_order() {
        let (plain, other) = (Written::new("plain"), Written::new("other"));
        let (mut runs, mut packets) = (plain.save(&[]), other.save(&[]));
        assert!(runs.is_plain());
        for number in 0..60_u32 {
            let data = vec![number as u8; if number % 20 == 19 { 50_000 } else { 100 }];
            let packet = Packet {
                time: Time { seconds: i64::from(number), nanos: 5000 },
                wire_len: data.len() as u32,
                data: &data,
                interface: 0,
                record: &[],
            };
            assert!(packets.packet(&packet).unwrap());
            if number % 3 == 0 {
                assert!(runs.packet(&packet).unwrap());
                continue;
            }
            let words = [number, 5, data.len() as u32, data.len() as u32];
            let header: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
            runs.records(&[header, data.clone()].concat(), 1).unwrap();
        }
        runs.finish().unwrap();
        packets.finish().unwrap();
        assert_eq!(runs.packets, 60);
        assert_eq!(fs::read(&plain.0).unwrap(), fs::read(&other.0).unwrap());
    }

    #[test]
    fn bounds_rotation_and_compression_are_not_plain() {
        let written = Written::new("bounded");
        for options in [&["-C", "1"][..], &["-G", "1"], &["--ring-bytes", "1k"], &["--max-bytes", "1k"]] {
            assert!(!written.save(options).is_plain(), "{options:?}");
        }
        let written = Written::new("packed.pcap.gz");
        assert!(!written.save(&[]).is_plain());
        assert!(format_of(Path::new("x.pcap.gz")).0.is_some());
        assert!(format_of(Path::new("x.gz")).0.is_none() && format_of(Path::new("x.zst")).0.is_none());
    }
}
