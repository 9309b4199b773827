//! The keys of EAP over LANs for the tree: those of 802.11 (IEEE 802.11, 12.7.2), and of the first version.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};
use crate::wireless::elements;

const DESCRIPTOR: &[Slot] = &[Slot::new("eapol.keydes.type", 0, 1)];
/// The types of descriptors: RC4, 802.11, and WPA before it.
const RC4: u8 = 1;
const ROBUST: u8 = 2;
const WPA: u8 = 254;

/// A descriptor of 802.11.
const KEY: &[Slot] = &[
    Slot::new("wlan_rsna_eapol.keydes.key_info", 1, 2),
    Slot::new("wlan_rsna_eapol.keydes.key_info.keydes_version", 1, 2).bits(0, 7),
    Slot::new("wlan_rsna_eapol.keydes.key_info.key_type", 1, 2).bit(3),
    Slot::new("wlan_rsna_eapol.keydes.key_info.key_index", 1, 2).bits(4, 3),
    Slot::new("wlan_rsna_eapol.keydes.key_info.install", 1, 2).bit(6),
    Slot::new("wlan_rsna_eapol.keydes.key_info.key_ack", 1, 2).bit(7),
    Slot::new("wlan_rsna_eapol.keydes.key_info.key_mic", 1, 2).bit(8),
    Slot::new("wlan_rsna_eapol.keydes.key_info.secure", 1, 2).bit(9),
    Slot::new("wlan_rsna_eapol.keydes.key_info.error", 1, 2).bit(10),
    Slot::new("wlan_rsna_eapol.keydes.key_info.request", 1, 2).bit(11),
    Slot::new("wlan_rsna_eapol.keydes.key_info.encrypted_key_data", 1, 2).bit(12),
    Slot::new("wlan_rsna_eapol.keydes.key_info.smk_message", 1, 2).bit(13),
    Slot::new("eapol.keydes.key_len", 3, 2),
    Slot::new("eapol.keydes.replay_counter", 5, 8),
    Slot::new("wlan_rsna_eapol.keydes.nonce", 13, 32),
    Slot::new("eapol.keydes.key_iv", 45, 16),
    Slot::new("wlan_rsna_eapol.keydes.rsc", 61, 8),
    Slot::new("wlan_rsna_eapol.keydes.id", 69, 8),
    Slot::new("wlan_rsna_eapol.keydes.mic", 77, 16),
    Slot::new("wlan_rsna_eapol.keydes.data_len", 93, 2),
];
/// Where a descriptor of 802.11 has data, and their length.
const DATA: usize = 95;
const DATA_LENGTH: usize = 93;
/// Bits of its information.
const PAIRWISE: u16 = 0x0008;
const ACKNOWLEDGED: u16 = 0x0080;
const CHECKED: u16 = 0x0100;
const ENCRYPTED: u16 = 0x1000;

const OLD_KEY: &[Slot] = &[
    Slot::new("eapol.keydes.key_len", 1, 2),
    Slot::new("eapol.keydes.replay_counter", 3, 8),
    Slot::new("eapol.keydes.key_iv", 11, 16),
    Slot::new("eapol.keydes.key_index", 27, 1),
    Slot::new("eapol.keydes.key_index.type", 27, 1).bit(7),
    Slot::new("eapol.keydes.key_index.number", 27, 1).bits(0, 0x7f),
    Slot::new("eapol.keydes.key_signature", 28, 16),
];

/// Notes a key from the type of its descriptor on.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = key(o, v);
    }
}

fn key(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(DESCRIPTOR, v);
    match v.u8(0)? {
        RC4 => o.see_all(OLD_KEY, v),
        ROBUST | WPA => {
            let (information, length) = (v.u16(1)?, v.u16(DATA_LENGTH)?);
            o.note(id!("wlan_rsna_eapol.keydes.msgnr"), message(information, length));
            o.see_all(KEY, v);
            let data = v.bytes(DATA, length.into())?;
            if length > 0 {
                o.note_octets(id!("wlan_rsna_eapol.keydes.data"), data);
            }
            if information & ENCRYPTED == 0 && information & PAIRWISE != 0 {
                return elements(o, View::new(data, data.len()));
            }
        }
        _ => {}
    }
    Ok(())
}

/// Which message of a handshake of four or of two it is (12.7.6, 12.7.7).
fn message(information: u16, data: u16) -> u8 {
    let has = |bits: u16| information & bits == bits;
    match (has(PAIRWISE), has(ACKNOWLEDGED)) {
        (true, true) if has(CHECKED) => 3,
        (_, true) => 1,
        (true, false) if data == 0 => 4,
        (_, false) => 2,
    }
}
