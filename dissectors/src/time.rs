//! Calendar dates of seconds since 1970, in UTC.

use crate::out::Out;
use crate::put::{Put, Zeros};

/// Seconds since 1970-01-01 00:00:00 UTC as `2024-02-29 12:34:56`.
#[derive(Clone, Copy)]
pub(crate) struct Date(pub(crate) u64);

impl Put for Date {
    fn put(self, o: &mut Out) {
        let (days, seconds) = (self.0 / 86_400, self.0 % 86_400);
        let (year, month, day) = civil(days);
        o.put((Zeros(year, 4), "-", Zeros(month, 2), "-", Zeros(day, 2), " "));
        o.put((Zeros(seconds / 3600, 2), ":", Zeros(seconds / 60 % 60, 2), ":", Zeros(seconds % 60, 2)));
    }
}

/// Year, month and day of a day since 1970-01-01, in the proleptic Gregorian
/// calendar. Years are counted from March here, so that leap days come last.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leap_days_and_centuries_are_right() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(19_782), (2024, 2, 29));
        assert_eq!(civil(47_541), (2100, 3, 1));
    }
}
