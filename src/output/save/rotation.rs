//! When a file is full and what the next is called, as tcpdump's `-C`, `-G` and
//! `-W` say.

use std::ffi::OsString;

use jiff::tz::TimeZone;

use super::names;
use crate::cli::Files;
use crate::zone;

/// A ring without `-C` or `-G` has about so many files.
const RING_FILES: u64 = 10;

/// What is to be done before a packet is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Nothing.
    Nothing,
    /// The next file is to be begun.
    Next,
    /// So many files are complete, and no more were wanted.
    End(u64),
}

/// The seconds of a file.
struct Period {
    seconds: i64,
    /// Whether `-G` asked for it: names are times then, and numbers start again.
    named: bool,
}

/// The files one after the other.
pub(super) struct Rotation {
    /// The name and the ending that says how files are compressed, between which numbers go.
    name: OsString,
    ending: OsString,
    size: Option<u64>,
    period: Option<Period>,
    files: Option<u64>,
    /// Whether `-C` was given, so that `-W` bounds the numbers.
    sized: bool,
    zone: TimeZone,
    /// The second in which the period began, and how many are complete.
    began: i64,
    periods: u64,
    /// The file's number within its period.
    number: u64,
}

impl Rotation {
    /// Files called `name`, as the options say.
    pub(super) fn new(name: OsString, files: &Files) -> Self {
        let named = files.seconds.map(|seconds| Period { seconds: seconds as i64, named: true });
        let ring_size = files.ring_octets.map(|octets| (octets / RING_FILES).max(1));
        let ring_period = files
            .ring_seconds
            .filter(|_| files.size.or(ring_size).is_none())
            .map(|seconds| Period { seconds: (seconds / RING_FILES).max(1) as i64, named: false });
        let sized = files.size.is_some() || (named.is_none() && (ring_size.is_some() || ring_period.is_some()));
        let (name, ending) = names::split(name);
        Rotation {
            name,
            ending,
            size: files.size.or(ring_size),
            period: named.or(ring_period),
            files: files.count,
            sized,
            zone: zone::local(),
            began: 0,
            periods: 0,
            number: 0,
        }
    }

    /// One file and no other: standard output, which only a number of periods ends.
    pub(super) fn of_stdout(files: &Files) -> Self {
        let only = Files { seconds: files.seconds, count: files.count, ..Files::default() };
        Rotation::new("-".into(), &only)
    }

    /// Whether there can be another file.
    pub(super) fn rotates(&self) -> bool {
        self.size.is_some() || self.period.is_some()
    }

    /// Whether the time ends a file.
    pub(super) fn is_timed(&self) -> bool {
        self.period.is_some()
    }

    /// Whether the same names come again.
    pub(super) fn wraps(&self) -> bool {
        self.sized && self.files.is_some()
    }

    /// The most octets of a file.
    pub(super) fn size(&self) -> Option<u64> {
        self.size
    }

    /// Begins the first file, in this second.
    pub(super) fn begin(&mut self, now: i64) {
        self.began = now;
    }

    /// The second in which the period is over.
    pub(super) fn over(&self) -> Option<i64> {
        self.period.as_ref().map(|period| self.began.saturating_add(period.seconds))
    }

    /// What a file of so many octets calls for, in this second if it counts.
    pub(super) fn due(&mut self, now: Option<i64>, octets: u64) -> Due {
        if let (Some(now), Some(period)) = (now, &self.period)
            && now.saturating_sub(self.began) >= period.seconds
        {
            self.began = now;
            self.periods += 1;
            if !period.named {
                self.next_number();
                return Due::Next;
            }
            if let Some(files) = self.files.filter(|&files| !self.sized && self.periods >= files) {
                return Due::End(files);
            }
            self.number = 0;
            return Due::Next;
        }
        if self.size.is_some_and(|size| octets > size) {
            self.next_number();
            return Due::Next;
        }
        Due::Nothing
    }

    fn next_number(&mut self) {
        self.number += 1;
        if self.sized && self.files.is_some_and(|files| self.number >= files) {
            self.number = 0;
        }
    }

    /// The name of the file that is due.
    pub(super) fn name(&self) -> OsString {
        let digits = match self.files {
            // Names of files without a size have no number.
            Some(files) if self.sized => number_digits(files),
            _ => 0,
        };
        let name = match &self.period {
            Some(Period { named: true, .. }) => names::strftime(&self.name, self.began, &self.zone),
            _ => self.name.clone(),
        };
        let mut name = names::numbered(name, self.number, digits);
        name.push(&self.ending);
        name
    }
}

/// The digits of the highest number of so many files; a single one has none.
fn number_digits(files: u64) -> usize {
    (files.max(1) - 1).checked_ilog10().map_or(0, |log| log as usize + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &Files, steps: &[(i64, u64)]) -> Vec<String> {
        let mut rotation = Rotation::new("o".into(), files);
        rotation.begin(steps[0].0);
        let mut names = vec![rotation.name().into_string().unwrap()];
        for &(now, octets) in steps {
            match rotation.due(Some(now), octets) {
                Due::Nothing => {}
                Due::Next => names.push(rotation.name().into_string().unwrap()),
                Due::End(files) => names.push(format!("end {files}")),
            }
        }
        names
    }

    #[test]
    fn numbers_have_the_digits_that_the_last_needs() {
        assert_eq!([1, 2, 10, 11, 100, 101].map(number_digits), [0, 1, 1, 2, 2, 3]);
    }

    #[test]
    fn a_file_is_full_when_it_is_larger_than_its_size() {
        let files = Files { size: Some(100), ..Files::default() };
        assert_eq!(names(&files, &[(0, 24), (0, 100), (0, 101), (0, 300)]), ["o", "o1", "o2"]);
        let files = Files { size: Some(100), count: Some(2), ..Files::default() };
        assert_eq!(names(&files, &[(0, 101), (0, 101), (0, 101)]), ["o0", "o1", "o0", "o1"]);
    }

    #[test]
    fn numbers_go_before_the_ending_of_what_is_compressed() {
        let files = Files { size: Some(100), ..Files::default() };
        for (name, second) in [("o.pcap.gz", "o.pcap1.gz"), ("o.pcapng", "o.pcapng1"), ("o.gz", "o.gz1")] {
            let mut rotation = Rotation::new(name.into(), &files);
            rotation.begin(0);
            assert_eq!(rotation.name(), name);
            assert_eq!((rotation.due(Some(0), 101), rotation.name()), (Due::Next, second.into()));
        }
        let files = Files { seconds: Some(10), ..files };
        let mut rotation = Rotation::new("%s.pcap.zst".into(), &files);
        rotation.begin(7);
        rotation.due(Some(8), 101);
        assert_eq!(rotation.name(), "7.pcap1.zst");
    }

    #[test]
    fn a_time_that_goes_back_or_far_ahead_is_no_trouble() {
        let files = Files { seconds: Some(10), ..Files::default() };
        let steps = [(100, 0), (50, 0), (i64::MIN, 0), (110, 0), (i64::MAX, 0), (i64::MIN, 0)];
        assert_eq!(names(&files, &steps), ["o", "o", "o"]);
    }

    #[test]
    fn a_ring_alone_has_ten_files_with_numbers() {
        let files = Files { ring_octets: Some(1000), ..Files::default() };
        assert_eq!(names(&files, &[(0, 100), (0, 101)]), ["o", "o1"]);
        let files = Files { ring_seconds: Some(100), ..Files::default() };
        assert_eq!(names(&files, &[(0, 100), (9, 101), (10, 0), (25, 0)]), ["o", "o1", "o2"]);
    }
}
