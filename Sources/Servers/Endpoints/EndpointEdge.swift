package import Conversation
import Cryptography
package import HTTPServer

/// What an edge finds out about a request, for whoever answers it.
package struct Arrival: Hashable, Sendable {
    /// The request's own name, by which what it makes is known.
    package var reference: String
    /// The address that it came from, as far as proxies are trusted; `nil` where the edge trusts
    /// none, so that whoever is connected is who asks.
    package var client: String?
    /// When the same act was first begun, where nobody knows what became of it: it may be done
    /// already.
    package var begunBefore: Timestamp?

    /// Describes a request.
    package init(
        reference: String, client: String? = nil, begunBefore: Timestamp? = nil
    ) {
        self.reference = reference
        self.client = client
        self.begunBefore = begunBefore
    }
}

/// What a service does around all of its endpoints: it counts, and does once what is asked twice.
package protocol EndpointEdge: Sendable {
    /// Answers a request of an endpoint, by `run` if that is to be done now.
    ///
    /// `run` takes what is known of the request.
    func answer(
        _ request: HTTPRequest, of endpoint: Endpoint, about tenant: TenantID?,
        from caller: Principal, by run: (Arrival) async throws -> HTTPResponse
    ) async throws -> HTTPResponse
}

/// The edge of a service that does nothing around its endpoints.
package struct OpenEdge: EndpointEdge {
    /// Does nothing.
    package init() {}

    /// A request that is an act of its own.
    package static func arrival(from client: String? = nil) throws -> Arrival {
        Arrival(reference: Hex.encode(try RandomBytes.make(count: 16)), client: client)
    }

    /// Runs every request, under a name of its own.
    package func answer(
        _ request: HTTPRequest, of endpoint: Endpoint, about tenant: TenantID?,
        from caller: Principal, by run: (Arrival) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        try await run(try Self.arrival())
    }
}
