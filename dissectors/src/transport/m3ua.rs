//! Placeholder.

use crate::out::Out;
use crate::view::{Step, View};

/// Placeholder.
pub(crate) fn dissect(_: &mut Out, _: View<'_>) -> Step {
    Ok(())
}
