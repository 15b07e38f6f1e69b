import NetworkAddress
import Testing

@Suite("Hosts that are not on the public internet") struct HostNameTests {
    @Test(
        "private addresses in any notation, and names of this machine or network",
        arguments: [
            "localhost", "LOCALHOST.", "api.localhost", "127.0.0.1", "10.1.2.3", "192.168.1.1",
            "169.254.169.254", "[::1]", "::1", "[fd00::1]", "[::ffff:10.0.0.1]", "0.0.0.0",
            "127.1", "0x7f.0.0.1", "2130706433", "graph", "printer.local", "db.internal",
            "nas.home.arpa",
        ])
    func isPrivate(host: String) {
        #expect(HostName.isPrivate(host))
    }

    @Test(
        "public addresses and names are not",
        arguments: [
            "graph.facebook.com", "GRAPH.facebook.com.", "8.8.8.8", "[2606:4700::1111]",
            "localhost.example.com", "internal.example", "local.example.org",
        ])
    func isPublic(host: String) {
        #expect(!HostName.isPrivate(host))
    }
}
