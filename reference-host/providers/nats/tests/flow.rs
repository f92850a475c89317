//! How much is under way where one side does not go on: counted between the provider and
//! the server.

mod support;

use provider_tests::blob::flow;
use support::NATS;

#[test]
fn what_is_not_taken_is_not_under_way() {
    NATS.on_server(flow::is_held_up);
}
