//! Reverse DNS on threads of its own, with a bounded cache.

use std::net::IpAddr;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use foldhash::{HashMap, HashMapExt};

/// The longest that a line waits for a name.
const PATIENCE: Duration = Duration::from_millis(200);

/// After so many waits in a row without an answer, lines no longer wait until
/// one comes: the name servers are out of reach.
const HOPELESS: u32 = 3;

/// Look-ups under way at once.
const THREADS: usize = 4;

/// Names that are remembered; beyond that all are forgotten.
const CAPACITY: usize = 1 << 16;

/// What is known of an address.
enum Known {
    Name(String),
    Nameless,
    Asked,
}

/// Looks names of addresses up.
pub(super) struct Resolver {
    known: HashMap<IpAddr, Known>,
    questions: Sender<IpAddr>,
    answers: Receiver<(IpAddr, Option<String>)>,
    unanswered: u32,
}

impl Resolver {
    /// Starts the threads, which end when the resolver goes.
    pub(super) fn start() -> Self {
        let (questions, asked) = bounded::<IpAddr>(CAPACITY);
        let (answer, answers) = unbounded();
        for _ in 0..THREADS {
            let (asked, answer) = (asked.clone(), answer.clone());
            // Without a thread the addresses stay numbers.
            let _ = thread::Builder::new().name("names".to_owned()).spawn(move || {
                for address in asked {
                    if answer.send((address, look_up(address))).is_err() {
                        return;
                    }
                }
            });
        }
        Resolver { known: HashMap::new(), questions, answers, unanswered: 0 }
    }

    /// The name of `address`, if it is known in time.
    pub(super) fn name(&mut self, address: IpAddr) -> Option<&str> {
        self.take_answers();
        if !self.known.contains_key(&address) {
            self.make_room();
            if self.questions.try_send(address).is_err() {
                return None;
            }
            self.known.insert(address, Known::Asked);
            self.wait_for(address);
        }
        match self.known.get(&address) {
            Some(Known::Name(name)) => Some(name),
            _ => None,
        }
    }

    /// A captured DNS answer named `address`.
    pub(super) fn learn(&mut self, address: IpAddr, name: &[u8]) {
        let name = String::from_utf8_lossy(name);
        let name = name.trim_end_matches('.');
        if !name.is_empty() {
            self.make_room();
            self.known.insert(address, Known::Name(name.to_owned()));
        }
    }

    fn make_room(&mut self) {
        if self.known.len() >= CAPACITY {
            self.known.clear();
        }
    }

    fn take_answers(&mut self) {
        while let Ok((address, name)) = self.answers.try_recv() {
            self.take(address, name);
        }
    }

    fn take(&mut self, address: IpAddr, name: Option<String>) {
        self.unanswered = 0;
        // What captured DNS says goes before what was asked.
        if !matches!(self.known.get(&address), Some(Known::Name(_))) {
            self.known.insert(address, name.map_or(Known::Nameless, Known::Name));
        }
    }

    fn wait_for(&mut self, address: IpAddr) {
        if self.unanswered >= HOPELESS {
            return;
        }
        let deadline = Instant::now() + PATIENCE;
        while let Ok((answered, name)) = self.answers.recv_deadline(deadline) {
            self.take(answered, name);
            if answered == address {
                return;
            }
        }
        self.unanswered += 1;
    }
}

/// The name that the system has for an address.
fn look_up(address: IpAddr) -> Option<String> {
    let name = dns_lookup::lookup_addr(&address).ok()?;
    (name.parse::<IpAddr>().is_err()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captured_names_come_first() {
        let mut resolver = Resolver::start();
        let address = IpAddr::from([192, 0, 2, 1]);
        resolver.learn(address, b"www.example.");
        assert_eq!(resolver.name(address), Some("www.example"));
        resolver.take(address, Some("other.example".to_owned()));
        assert_eq!(resolver.name(address), Some("www.example"));
    }
}
