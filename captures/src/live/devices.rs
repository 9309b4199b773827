//! The list of interfaces, and libpcap's version.

use pcap::ConnectionStatus;

use super::ffi;

/// An interface that could be captured.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its name.
    pub name: String,
    /// What it is, if libpcap says.
    pub description: Option<String>,
    /// Its state in the words of `-D`.
    pub flags: Vec<&'static str>,
}

/// All interfaces in libpcap's order.
///
/// # Errors
/// libpcap's message.
pub fn devices() -> Result<Vec<Device>, String> {
    let list = pcap::Device::list().map_err(|e| super::plain(&e))?;
    Ok(list.into_iter().map(describe).collect())
}

fn describe(device: pcap::Device) -> Device {
    let flags = &device.flags;
    let mut words = Vec::new();
    let mut when = |set: bool, word| {
        if set {
            words.push(word);
        }
    };
    when(flags.is_up(), "Up");
    when(flags.is_running(), "Running");
    when(flags.is_loopback(), "Loopback");
    when(flags.is_wireless(), "Wireless");
    let wireless = flags.is_wireless();
    if words.is_empty() {
        words.push("none");
    }
    match flags.connection_status {
        ConnectionStatus::Connected => words.push(if wireless { "Associated" } else { "Connected" }),
        ConnectionStatus::Disconnected => words.push(if wireless { "Not associated" } else { "Disconnected" }),
        ConnectionStatus::Unknown | ConnectionStatus::NotApplicable => {}
    }
    Device { name: device.name, description: device.desc, flags: words }
}

/// libpcap's version text.
pub fn library_version() -> String {
    ffi::library_version()
}
