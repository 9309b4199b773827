//! The time before a packet: the calendar part of a second is made once.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sniff_captures::Time;
use sniff_dissectors::{Line, six_digits};

use crate::cli::TimeStamp;
use crate::zone;

const DAY: i64 = 86_400;

/// Nanoseconds.
const SECOND: u64 = 1_000_000_000;

/// Room for the date and time of any second that 64 bits can count.
const LONGEST: usize = 32;

/// Writes time stamps in one of tcpdump's forms.
pub struct Stamp {
    form: TimeStamp,
    nano: bool,
    zone: TimeZone,
    second: Option<i64>,
    /// `YYYY-MM-DD HH:MM:SS.` or `HH:MM:SS.` of `second`, and how long that is.
    text: ([u8; LONGEST], usize),
}

/// What the differences of `-ttt` and `-ttttt` are from.
pub struct Origin {
    form: TimeStamp,
    nano: bool,
    time: Option<Time>,
}

impl Origin {
    /// No packet was seen yet.
    pub fn new(form: TimeStamp, nano: bool) -> Self {
        Origin { form, nano, time: None }
    }

    /// The time that the difference of `time` is from.
    #[inline]
    pub fn of(&mut self, time: Time) -> Time {
        if !matches!(self.form, TimeStamp::SincePrevious | TimeStamp::SinceFirst) {
            return time;
        }
        let time = in_units(time, self.nano);
        // A time of zero counts as none.
        let from = self.time.filter(|&from| from != Time::default()).unwrap_or(time);
        self.time = Some(if self.form == TimeStamp::SincePrevious { time } else { from });
        from
    }
}

impl Stamp {
    /// Time stamps in the system's time zone, or that of `TZ`.
    pub fn new(form: TimeStamp, nano: bool) -> Self {
        Stamp { form, nano, zone: zone::local(), second: None, text: ([0; LONGEST], 0) }
    }

    /// Writes the stamp of `time` and a space; a difference is from `origin`.
    #[inline(always)]
    pub fn write(&mut self, line: &mut Line, time: Time, origin: Time) {
        match self.form {
            TimeStamp::Clock | TimeStamp::Date => {
                if self.second != Some(time.seconds) {
                    self.civil(time.seconds);
                }
                line.start_of(&self.text.0, self.text.1);
                self.fraction(line, time.nanos);
            }
            _ => self.write_seconds(line, time, origin),
        }
    }

    /// The forms that count seconds.
    #[inline(never)]
    fn write_seconds(&self, line: &mut Line, time: Time, origin: Time) {
        if self.form == TimeStamp::Epoch {
            if time.seconds < 0 {
                line.byte(b'-');
            }
            line.dec(time.seconds.unsigned_abs());
            line.byte(b'.');
            self.fraction(line, time.nanos);
        } else if self.form != TimeStamp::None {
            let time = in_units(time, self.nano);
            let before = (time.seconds, time.nanos) < (origin.seconds, origin.nanos);
            let (from, to) = if before { (time, origin) } else { (origin, time) };
            line.byte(if before { b'-' } else { b' ' });
            let since = since(from, to);
            // Whole days are not shown.
            clock(line, since.seconds.rem_euclid(DAY));
            line.byte(b'.');
            self.fraction(line, since.nanos);
        }
    }

    /// `ffffff ` or `fffffffff `, with a remark where it is a second or more.
    #[inline(always)]
    fn fraction(&self, line: &mut Line, nanos: u64) {
        if self.nano || nanos >= SECOND {
            return self.long_fraction(line, nanos);
        }
        let [a, b, c, d, e, f] = six_digits((nanos / 1000) as u32);
        line.start_of(&[a, b, c, d, e, f, b' ', 0], 7);
    }

    #[cold]
    fn long_fraction(&self, line: &mut Line, nanos: u64) {
        let (value, digits) = if self.nano { (nanos, 9) } else { (nanos / 1000, 6) };
        line.dec_padded(value, digits, b'0');
        if nanos >= SECOND {
            line.str(if self.nano { " (invalid ns)" } else { " (invalid us)" });
        }
        line.byte(b' ');
    }

    /// Makes the text of a second in the time zone.
    #[cold]
    fn civil(&mut self, second: i64) {
        // Outside the range that the zone knows, UTC is as good as any.
        let offset = Timestamp::from_second(second).map_or(0, |t| i64::from(self.zone.to_offset(t).seconds()));
        let local = second.saturating_add(offset);
        self.second = Some(second);
        let mut text = Line::default();
        if self.form == TimeStamp::Date {
            let (year, month, day) = date(local.div_euclid(DAY));
            if year < 0 {
                text.byte(b'-');
            }
            text.dec_padded(year.unsigned_abs(), 4, b'0');
            text.byte(b'-');
            text.dec2(month);
            text.byte(b'-');
            text.dec2(day);
            text.byte(b' ');
        }
        clock(&mut text, local.rem_euclid(DAY));
        text.byte(b'.');
        let text = text.as_bytes();
        self.text.0[..text.len()].copy_from_slice(text);
        self.text.1 = text.len();
    }
}

/// The time cut to what is printed, so that differences fit the times printed.
fn in_units(time: Time, nano: bool) -> Time {
    let unit = if nano { 1 } else { 1000 };
    Time { nanos: time.nanos / unit * unit, ..time }
}

/// Writes the time stamps of rows that are made in their order.
pub struct Stamps {
    stamp: Stamp,
    origin: Origin,
}

impl Stamps {
    /// As [`Stamp::new`].
    pub fn new(form: TimeStamp, nano: bool) -> Self {
        Stamps { stamp: Stamp::new(form, nano), origin: Origin::new(form, nano) }
    }

    /// Writes the stamp of `time` and a space.
    pub fn write(&mut self, line: &mut Line, time: Time) {
        self.stamp.write(line, time, self.origin.of(time));
    }
}

/// The time from `from` to a later `to`; invalid fractions are carried on as they are.
fn since(from: Time, to: Time) -> Time {
    let mut seconds = to.seconds - from.seconds;
    let mut nanos = to.nanos as i64 - from.nanos as i64;
    if nanos < 0 {
        seconds -= 1;
        nanos += 1_000_000_000;
    }
    Time { seconds, nanos: nanos as u64 }
}

/// `HH:MM:SS` of the seconds of a day.
fn clock(line: &mut Line, seconds: i64) {
    line.dec2((seconds / 3600) as u32);
    line.byte(b':');
    line.dec2((seconds / 60 % 60) as u32);
    line.byte(b':');
    line.dec2((seconds % 60) as u32);
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian
/// calendar: eras of 400 years that start on a 1 March.
fn date(day: i64) -> (i64, u32, u32) {
    const DAYS_OF_ERA: i64 = 146_097;
    const FROM_0000_03_01: i64 = 719_468;
    let day = day + FROM_0000_03_01;
    let (era, of_era) = (day.div_euclid(DAYS_OF_ERA), day.rem_euclid(DAYS_OF_ERA));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day_of_month = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u32, day_of_month as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(form: TimeStamp, nano: bool, times: &[(i64, u64)]) -> Vec<String> {
        let mut stamp = Stamp { zone: TimeZone::UTC, ..Stamp::new(form, nano) };
        let mut origin = Origin::new(form, nano);
        let one = |&(seconds, nanos): &(i64, u64)| {
            let (mut line, time) = (Line::default(), Time { seconds, nanos });
            stamp.write(&mut line, time, origin.of(time));
            String::from_utf8(line.as_bytes().to_vec()).unwrap()
        };
        times.iter().map(one).collect()
    }

    #[test]
    fn forms_are_tcpdumps() {
        let times = [(0, 0), (951_782_400, 1000), (4_294_967_295, 999_999_999), (253_402_300_800, 0)];
        assert_eq!(
            written(TimeStamp::Date, false, &times),
            [
                "1970-01-01 00:00:00.000000 ",
                "2000-02-29 00:00:00.000001 ",
                "2106-02-07 06:28:15.999999 ",
                "10000-01-01 00:00:00.000000 "
            ]
        );
        assert_eq!(written(TimeStamp::Epoch, true, &times[2..3]), ["4294967295.999999999 "]);
        assert_eq!(written(TimeStamp::Clock, false, &[(1, 1_000_000_000)]), ["00:00:01.1000000 (invalid us) "]);
        let ends = written(TimeStamp::Date, false, &[(i64::MIN, 0), (i64::MAX, 0)]);
        assert_eq!(ends, ["-292277022657-01-27 08:29:52.000000 ", "292277026596-12-04 15:30:07.000000 "]);
        let times = [(100, 0), (100, 5000), (99, 0), (200_000, 0)];
        assert_eq!(
            written(TimeStamp::SincePrevious, false, &times),
            [" 00:00:00.000000 ", " 00:00:00.000005 ", "-00:00:01.000005 ", " 07:31:41.000000 "]
        );
        assert_eq!(written(TimeStamp::SinceFirst, false, &times)[2..], ["-00:00:01.000000 ", " 07:31:40.000000 "]);
    }
}
