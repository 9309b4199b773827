//! The heartbeat of Microsoft's Network Load Balancing.

use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::put::Ipv4;
use crate::view::{Step, View};

/// Where the fields are that are known; they are little-endian.
const PRIORITY: usize = 8;
const CLUSTER: usize = 12;
const HOST: usize = 16;

/// The tree's fields.
const FIELDS: &[Slot] = &[
    Slot::new("msnlb.signature", 0, 4).little(),
    Slot::new("msnlb.version", 4, 4).little(),
    Slot::new("msnlb.unique_host_id", PRIORITY, 4).little(),
    Slot::new("msnlb.cluster_ip", CLUSTER, 4),
    Slot::new("msnlb.host_ip", HOST, 4),
];

/// A heartbeat.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "msnlb";
    o.see_all(FIELDS, v);
    o.put("MS NLB heartbeat");
    o.put((", host priority: ", v.le32(PRIORITY)?));
    o.put((", cluster IP: ", Ipv4(v.array(CLUSTER)?)));
    o.put((", host IP: ", Ipv4(v.array(HOST)?)));
    Ok(())
}
