//! The options of the files that `-w` writes.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::Duration;

use super::Stop;
use super::numbers::{based, leading};
use crate::output::varies;

/// How the files of `-w` follow one another.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// The octets after which another file is begun.
    pub size: Option<u64>,
    /// The seconds after which another file is begun.
    pub seconds: Option<u64>,
    /// How many files there are to be.
    pub count: Option<u64>,
    /// The command that is run on each file that is complete.
    pub hook: Option<OsString>,
    /// Whether it is run on the last file too.
    pub hook_last: bool,
    /// The most octets of all files; the oldest go.
    pub ring_octets: Option<u64>,
    /// The age in seconds at which files go.
    pub ring_seconds: Option<u64>,
    /// The octets after which the run ends.
    pub max_octets: Option<u64>,
    /// Whether each conversation has a file of its own.
    pub by_flow: bool,
}

impl Files {
    /// Whether there can be more than one.
    pub(crate) fn are_several(&self) -> bool {
        self.by_flow
            || self.size.is_some()
            || self.seconds.is_some()
            || self.ring_octets.is_some()
            || self.ring_seconds.is_some()
    }

    /// Takes an option with its value, if it is one of these.
    pub(super) fn take(&mut self, id: &str, value: &OsStr) -> Result<(), Stop> {
        let text = value.to_string_lossy();
        match id {
            "file-size" => self.size = Some(file_size(&text)?),
            "rotate-seconds" => match u64::try_from(leading(&text)) {
                Ok(seconds) => self.seconds = (seconds > 0).then_some(seconds),
                Err(_) => return Err(Stop::failure(format!("invalid number of seconds {text}"))),
            },
            "file-count" => self.count = Some(positive(&text, "number of output files")?),
            "hook" => self.hook = Some(value.to_owned()),
            "ring-bytes" => self.ring_octets = Some(octets(&text, id)?),
            "ring-age" => self.ring_seconds = Some(time(&text, id)?.as_millis().div_ceil(1000) as u64),
            "split-by" if text == "flow" => self.by_flow = true,
            "split-by" => return Err(Stop::failure(format!("unknown way to split '{text}'; there is flow"))),
            "max-bytes" => self.max_octets = Some(octets(&text, id)?),
            _ => {}
        }
        Ok(())
    }

    /// tcpdump's checks, in its order.
    pub(super) fn check(&self, write: Option<&Path>) -> Result<(), Stop> {
        let ring = self.ring_octets.is_some() || self.ring_seconds.is_some();
        let rows = [
            (write.is_none() && self.size.is_some(), "-C cannot be used without -w."),
            (write.is_none() && self.seconds.is_some(), "-G cannot be used without -w."),
            (
                self.hook.is_some() && (write.is_none() || !(self.size.is_some() || self.seconds.is_some() || ring)),
                "-z cannot be used without -w and (-C or -G).",
            ),
        ];
        match rows.iter().find(|row| row.0) {
            Some(row) => Err(Stop::failure(row.1)),
            None => Ok(()),
        }
    }

    /// The checks of what tcpdump does not have.
    pub(super) fn check_more(&self, write: Option<&Path>) -> Result<(), Stop> {
        let stdout = write.is_some_and(|path| path.as_os_str() == "-");
        for (given, name) in [
            (self.ring_octets.is_some(), "--ring-bytes"),
            (self.ring_seconds.is_some(), "--ring-age"),
            (self.max_octets.is_some(), "--max-bytes"),
        ] {
            if given && write.is_none() {
                return Err(Stop::failure(format!("{name} cannot be used without -w.")));
            }
            if given && stdout && name != "--max-bytes" {
                return Err(Stop::failure(format!("{name} cannot be used with -w -.")));
            }
        }
        if self.by_flow {
            if write.is_none() || stdout {
                return Err(Stop::failure("--split-by needs a folder: -w DIR."));
            }
            let alone = Files { by_flow: false, ..self.clone() };
            if alone.are_several() || self.max_octets.is_some() || self.count.is_some() || self.hook.is_some() {
                return Err(Stop::failure(
                    "--split-by cannot be used with -C, -G, -W, -z, --ring-bytes, --ring-age or --max-bytes.",
                ));
            }
        }
        if self.hook_last && self.hook.is_none() {
            return Err(Stop::failure("--rotate-hook-last cannot be used without -z."));
        }
        if let (Some(size), Some(ring)) = (self.size, self.ring_octets)
            && size >= ring
        {
            return Err(Stop::failure("--ring-bytes must be more than the size of a file that -C gives."));
        }
        Ok(())
    }

    /// What is likely not meant.
    pub(super) fn warning(&self, write: Option<&Path>) -> Option<String> {
        let path = write.filter(|path| path.as_os_str() != "-")?;
        let single = self.count == Some(1) && self.size.is_none();
        (self.seconds.is_some() && !single && !varies(path.as_os_str())).then(|| {
            format!(
                "-G without a conversion of strftime(3) in the file name: each period overwrites {}; \
                 try a name such as '%Y-%m-%d_%H.%M.%S.pcap'",
                path.display()
            )
        })
    }
}

/// A number above zero, read as atoi(3) reads it.
pub(super) fn positive(text: &str, what: &str) -> Result<u64, Stop> {
    match u64::try_from(leading(text)) {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(Stop::failure(format!("invalid {what} {text}"))),
    }
}

/// A number's text without the suffix for KiB, MiB or GiB, and what that stands for.
fn suffixed(text: &str) -> (&str, Option<u64>) {
    let unit = match text.bytes().last() {
        Some(b'k' | b'K') => 1 << 10,
        Some(b'm' | b'M') => 1 << 20,
        Some(b'g' | b'G') => 1 << 30,
        _ => return (text, None),
    };
    (&text[..text.len() - 1], Some(unit))
}

/// The value of `-C`: millions of octets, or KiB, MiB, GiB with a suffix.
fn file_size(text: &str) -> Result<u64, Stop> {
    let (digits, unit) = suffixed(text);
    match based(digits) {
        Some(size) if size > 0 => (size as u64)
            .checked_mul(unit.unwrap_or(1_000_000))
            .ok_or_else(|| Stop::failure(format!("file size {text} is too large"))),
        _ => Err(Stop::failure(format!("invalid file size {text}"))),
    }
}

/// Octets, or KiB, MiB, GiB with a suffix.
pub(super) fn octets(text: &str, option: &str) -> Result<u64, Stop> {
    let (digits, unit) = suffixed(text);
    let number = based(digits).and_then(|number| u64::try_from(number).ok()).filter(|&number| number > 0);
    number
        .and_then(|number| number.checked_mul(unit.unwrap_or(1)))
        .ok_or_else(|| Stop::failure(format!("invalid value {text} of --{option}: octets, or a number with k, m or g")))
}

/// A time above zero: seconds, or a number with a unit.
pub(crate) fn time(text: &str, option: &str) -> Result<Duration, Stop> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let millis = match &text[end..] {
        "ms" => Some(1),
        "" | "s" => Some(1000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        "d" => Some(86_400_000),
        _ => None,
    };
    let number = text[..end].parse::<u64>().ok().filter(|&number| number > 0);
    match number.zip(millis).and_then(|(number, millis)| number.checked_mul(millis)) {
        Some(millis) => Ok(Duration::from_millis(millis)),
        None => Err(Stop::failure(format!(
            "invalid value {text} of --{option}: seconds, or a number with ms, s, m, h or d"
        ))),
    }
}
