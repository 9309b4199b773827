//! Link types: the LINKTYPE_ values of files and libpcap's DLT_ values, which
//! are equal but for a few that systems disagreed on.

use pcap::Linktype;

/// LINKTYPE_ and DLT_ values that differ on Linux.
const DIFFERENT: &[(u16, i32)] = &[(100, 11), (101, 12), (102, 15), (103, 16), (106, 19)];

/// The link type of a number in a file: some programs write the DLT_ value,
/// which libpcap takes as such where it is no LINKTYPE_ of its own.
pub fn of_file(number: u16) -> u16 {
    from_dlt(to_dlt(number))
}

/// The DLT_ value of a file's link type.
pub fn to_dlt(link: u16) -> i32 {
    DIFFERENT.iter().find(|row| row.0 == link).map_or(i32::from(link), |row| row.1)
}

/// The link type that a file has for a DLT_ value.
pub fn from_dlt(dlt: i32) -> u16 {
    DIFFERENT.iter().find(|row| row.1 == dlt).map_or(dlt as u16, |row| row.0)
}

/// The name and description of a DLT_ value, as in `EN10MB` and `Ethernet`.
pub fn name(dlt: i32) -> Option<(String, String)> {
    let link = Linktype(dlt);
    let name = link.get_name().ok()?;
    let description = link.get_description().unwrap_or_default();
    Some((name, description))
}

/// The DLT_ value of a name; case does not matter.
pub fn from_name(name: &str) -> Option<i32> {
    Linktype::from_name(name).ok().map(|link| link.0)
}

/// `EN10MB (Ethernet)`, or the number where there is no name.
pub fn describe(dlt: i32) -> String {
    match name(dlt) {
        Some((name, description)) => format!("{name} ({description})"),
        None => dlt.to_string(),
    }
}
