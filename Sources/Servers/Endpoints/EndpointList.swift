import Conversation
package import HTTPServer
import JSON
package import Permissions

/// All endpoints of a service: what its router and its OpenAPI document are made of.
package struct EndpointList: Sendable {
    /// What the service's ``AccessRules`` and source check may refuse with.
    package struct AccessProblems: Sendable {
        /// Anyone.
        package var anyone: [Problem.Kind]
        /// Whoever needs a permission.
        package var permitted: [Problem.Kind]
        /// Whoever asks about a tenant.
        package var tenant: [Problem.Kind]
        /// Whoever asks for what is done once.
        package var once: [Problem.Kind]
        /// Whoever asks again for what is told once.
        package var onceWithSecret: [Problem.Kind]

        /// Lists the problems.
        package init(
            anyone: [Problem.Kind] = [], permitted: [Problem.Kind] = [],
            tenant: [Problem.Kind] = [], once: [Problem.Kind] = [],
            onceWithSecret: [Problem.Kind] = []
        ) {
            self.anyone = anyone
            self.permitted = permitted
            self.tenant = tenant
            self.once = once
            self.onceWithSecret = onceWithSecret
        }
    }

    /// The endpoints, with the one that serves the document.
    package private(set) var endpoints: [Endpoint]
    let title: String
    let accessProblems: AccessProblems

    /// A service's endpoints and the path of their document.
    package init(
        _ title: String, document path: String, problems: AccessProblems, _ endpoints: [Endpoint]
    ) {
        self.title = title
        accessProblems = problems
        let route = Endpoint.Route.at(
            .get, path, "openapi", "Describes every endpoint, as OpenAPI 3.1.")
        // The document describes the endpoint that serves it, too.
        func serving(_ bytes: [UInt8]) -> Endpoint {
            .anyone(route, .init(gives: OpenAPIDocument.self)) { _ in OpenAPIDocument(bytes: bytes)
            }
        }
        self.endpoints = endpoints + [serving([])]
        self.endpoints = endpoints + [serving(openAPI())]
    }

    /// Adds every endpoint to a router.
    ///
    /// A server does not start with an endpoint whose permission no row of the matrix has: nobody
    /// could be let in by what pages show and tests try.
    ///
    /// A debug build ends where a handler answers with a problem that its endpoint does not name:
    /// whoever reads the document relies on the list.
    package func add(
        to router: inout Router, _ authorizer: Authorizer,
        within edge: any EndpointEdge = OpenEdge()
    ) {
        for endpoint in endpoints {
            if let problem = endpoint.unknownPermission { router.refuse(because: problem) }
            let declared = problems(of: endpoint)
            router.on(endpoint.method, endpoint.path, maximumBodyBytes: endpoint.bodyLimit) {
                request, path in
                var authorizer = authorizer
                let caller = await authorizer.find(request)
                let tenant = path["tenant"].map { TenantID($0) }
                do {
                    return try await edge.answer(
                        request, of: endpoint, about: tenant, from: caller
                    ) { arrival in
                        authorizer.arrival = arrival
                        return try await endpoint.run(request, path, authorizer)
                    }
                } catch let problem as Problem {
                    assert(
                        declared.contains(problem.kind),
                        "\(endpoint.name) does not declare the problem \(problem.kind.code)")
                    throw problem
                }
            }
        }
    }

    /// Every kind of problem that an endpoint may answer with.
    package func problems(of endpoint: Endpoint) -> [Problem.Kind] {
        var kinds = accessProblems.anyone + endpoint.problems + [.invalidRequest]
        if !endpoint.parameters.fields.isEmpty { kinds.append(.targetTooLong) }
        switch endpoint.access {
        case .anyone: break
        case .known: kinds += accessProblems.permitted
        case .person, .installation: kinds += accessProblems.permitted + [Authorizer.forbidden]
        case .tenant, .ticket:
            kinds += accessProblems.permitted + accessProblems.tenant + [Authorizer.forbidden]
        }
        switch endpoint.body {
        case .none: break
        case .bytes: kinds.append(.tooLarge)
        case .json: kinds += [.tooLarge, .unsupportedMedia]
        }
        if endpoint.repeating != .harmless { kinds += accessProblems.once }
        if endpoint.repeating == .onceWithSecret { kinds += accessProblems.onceWithSecret }
        kinds.append(.unexpected)
        return Set(kinds).sorted { ($0.status, $0.code) < ($1.status, $1.code) }
    }
}

extension Endpoint {
    /// The permission that it needs, if it needs one.
    package var permission: Permission? {
        switch access {
        case .anyone, .known, .person: nil
        case .installation(let permission): Permission(permission.name)
        case .tenant(let permission), .ticket(let permission): Permission(permission.name)
        }
    }

    /// What is wrong with the permission that it needs; `nil` where nothing is.
    fileprivate var unknownPermission: String? {
        guard let permission else { return nil }
        guard let row = AccessMatrix.row(permission) else {
            return "\(name) needs the permission \(permission), which no row of the matrix has"
        }
        let level: AccessMatrix.Level =
            if case .installation = access { .installation } else { .tenant }
        return row.level == level
            ? nil : "\(name) needs \(permission), which is a permission of another level"
    }
}

/// The OpenAPI document as an answer.
private struct OpenAPIDocument: EndpointAnswer {
    static let media = AnswerMedia.json(JSONSchema(.map(JSONSchema(.any)), "The document."))
    let bytes: [UInt8]

    func response() -> HTTPResponse { .json(bytes, headers: [("Cache-Control", "no-cache")]) }
}
