//! What happens around the interfaces of a capture.

use std::os::fd::RawFd;
use std::time::Instant;

use sniff_captures::Interface;
use sniff_captures::live::{Links, Namespace};
use sniff_captures::wait::Watch;

use crate::message;
use crate::pipeline::Failure;

/// Links that go down and up, and the network namespace, which may be deleted.
pub(crate) struct Surroundings {
    links: Option<Links>,
    namespace: Option<Namespace>,
}

impl Surroundings {
    /// Those of interfaces; what cannot be watched is not.
    pub(crate) fn of(interfaces: &[Interface]) -> Self {
        let names = interfaces.iter().filter_map(|interface| interface.name.as_deref());
        Surroundings { links: Links::watch(names).ok(), namespace: Namespace::watch() }
    }

    /// What to watch, for [`Surroundings::look`]; a negative descriptor is none.
    pub(crate) fn descriptors(&self) -> [RawFd; 2] {
        [self.links.as_ref().map_or(-1, Links::descriptor), self.namespace.as_ref().map_or(-1, Namespace::descriptor)]
    }

    /// When something is to be told, whatever happens.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.links.as_ref().and_then(Links::deadline)
    }

    /// Tells what has happened; `first` is the number of the first descriptor.
    ///
    /// # Errors
    /// The namespace was deleted, which ends a capture.
    pub(crate) fn look(&mut self, watch: &Watch, first: usize) -> Result<(), Failure> {
        if let Some(links) = &mut self.links {
            if watch.happened(first) {
                links.read();
            }
            while let Some(change) = links.change() {
                message::note(&format!("{}: the link is {}", change.name, if change.up { "up" } else { "down" }));
            }
        }
        if watch.happened(first + 1)
            && let Some(name) = self.namespace.as_mut().and_then(Namespace::deleted)
        {
            return Err(Failure::Text(format!("the network namespace {name} was deleted")));
        }
        Ok(())
    }
}
