//! Calendar dates of seconds since 1970, in UTC.

use crate::out::Out;
use crate::put::{Put, Spaces, Zeros};

/// A moment of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Calendar {
    pub year: i64,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    /// Days since Sunday.
    pub weekday: u8,
}

impl Calendar {
    /// The moment that is `seconds` after 1970 began.
    pub(crate) fn from_unix(seconds: i64) -> Self {
        const DAY: i64 = 86_400;
        let of_day = seconds.rem_euclid(DAY);
        // Years that begin in March put the leap day at their end.
        let days = seconds.div_euclid(DAY) + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * of_year + 2) / 153;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        Calendar {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: month as u8,
            day: (of_year - (153 * month_from_march + 2) / 5 + 1) as u8,
            hour: (of_day / 3600) as u8,
            minute: (of_day / 60 % 60) as u8,
            second: (of_day % 60) as u8,
            // 1970 began on a Thursday.
            weekday: (seconds.div_euclid(DAY) + 4).rem_euclid(7) as u8,
        }
    }

    /// `2024-02-29` and `12:34:56` with `between` between them.
    pub(crate) fn with(self, between: char) -> impl Put {
        let date = (self.year, "-", Zeros(self.month, 2), "-", Zeros(self.day, 2));
        let time = (Zeros(self.hour, 2), ":", Zeros(self.minute, 2), ":", Zeros(self.second, 2));
        (date, between, time)
    }
}

impl Calendar {
    /// `Thu Feb 29 12:34:56 2024`.
    pub(crate) fn spoken(self) -> impl Put {
        const DAYS: [&str; 7] = ["Sun ", "Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat "];
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let day = DAYS.get(usize::from(self.weekday)).copied();
        let month = MONTHS.get(usize::from(self.month).wrapping_sub(1)).copied();
        let time = (Zeros(self.hour, 2), ":", Zeros(self.minute, 2), ":", Zeros(self.second, 2));
        (day, month, " ", Spaces(self.day, 2), " ", time, " ", self.year)
    }
}

/// `2024-02-29 12:34:56`.
impl Put for Calendar {
    fn put(self, o: &mut Out) {
        self.with(' ').put(o);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leap_days_and_the_years_around_1970() {
        let at = |seconds| {
            let c = Calendar::from_unix(seconds);
            (c.year, c.month, c.day, c.hour, c.minute, c.second)
        };
        assert_eq!(at(0), (1970, 1, 1, 0, 0, 0));
        assert_eq!(at(-1), (1969, 12, 31, 23, 59, 59));
        assert_eq!(at(951_827_696), (2000, 2, 29, 12, 34, 56));
        assert_eq!(at(4_107_542_400), (2100, 3, 1, 0, 0, 0));
    }
}
