import Conversation
package import HTTPServer
package import JSON

/// One thing that can be asked over HTTP: everything about it in one value.
///
/// The router, the OpenAPI document and the tests of who may what are derived from lists of these.
/// None can be made without saying who may ask.
package struct Endpoint: Sendable {
    /// Who may ask.
    package enum Access: Hashable, Sendable {
        /// Anyone.
        case anyone
        /// Whoever is known, whatever they may.
        case known
        /// A person who is signed in, about their own account.
        case person
        /// Whoever has a permission over the installation.
        case installation(InstallationPermission)
        /// Whoever has a permission over the tenant that the path names as `{tenant}`.
        case tenant(TenantPermission)
        /// The agent whose ticket opens a WebSocket, in the agent's tenant.
        case ticket(TenantPermission)
    }

    /// What asking for it a second time does.
    package enum Repeating: Hashable, Sendable {
        /// No more than the first: it looks, or says how something is to be.
        case harmless
        /// It would do it again: requests name the act by an `Idempotency-Key`, and the same act is
        /// answered as it was.
        case once
        /// The same, where the answer holds a secret that is shown once: the second time it is only
        /// told that it was done.
        case onceWithSecret
    }

    /// What runs a request: handlers with their types taken off.
    typealias Run = @Sendable (HTTPRequest, PathParameters, Authorizer) async throws -> HTTPResponse

    /// The method.
    package let method: HTTPMethod
    /// The path, with names in braces.
    package let path: String
    /// A name that no other endpoint has, such as `documents.list`.
    package let name: String
    /// Who may ask.
    package let access: Access
    /// What it does, in one sentence.
    package let summary: String
    /// What may stand in path and query, besides the tenant.
    package let parameters: JSONSchema
    /// What it takes as a body.
    package let body: BodyMedia
    /// The most bytes of a body; the server's limit where it is `nil`.
    package let bodyLimit: Int?
    /// The statuses of its answers.
    package let statuses: [Int]
    /// What its answers are.
    package let answer: AnswerMedia
    /// The problems of its own, besides those that its access and input have.
    package let problems: [Problem.Kind]
    /// What asking for it a second time does.
    package let repeating: Repeating
    let run: Run

    private init<Parameters: Described & Decodable, Body: EndpointBody, Answer: EndpointAnswer>(
        _ route: Route, _ access: Access, _ form: Form<Parameters, Body, Answer>, run: @escaping Run
    ) {
        method = route.method
        path = route.path
        name = route.name
        self.access = access
        summary = route.summary
        parameters = Parameters.schema
        body = Body.media
        bodyLimit = form.bodyLimit
        statuses = form.statuses
        answer = Answer.media
        problems = form.problems
        repeating = form.repeating
        self.run = run
    }
}

// MARK: - Making one

extension Endpoint {
    /// Where an endpoint is, and what it does.
    package struct Route: Sendable {
        let method: HTTPMethod
        let path: String
        let name: String
        let summary: String

        /// A method and path, the endpoint's name, and a sentence.
        package static func at(
            _ method: HTTPMethod, _ path: String, _ name: String, _ summary: String
        ) -> Route {
            Route(method: method, path: path, name: name, summary: summary)
        }
    }

    /// What goes in and comes out.
    package struct Form<Parameters: Sendable, Body: Sendable, Answer: Sendable>: Sendable {
        let bodyLimit: Int?
        let statuses: [Int]
        let problems: [Problem.Kind]
        let repeating: Repeating

        /// Types of parameters, body and answer, the answer's statuses, the problems, and what
        /// asking a second time does.
        package init(
            takes parameters: Parameters.Type, body: Body.Type, limit bodyLimit: Int? = nil,
            gives answer: Answer.Type, _ statuses: [Int] = [200], problems: [Problem.Kind] = [],
            repeating: Repeating = .harmless
        ) {
            self.bodyLimit = bodyLimit
            self.statuses = statuses
            self.problems = problems
            self.repeating = repeating
        }
    }

    /// An endpoint of the whole installation.
    package static func installation<
        Parameters: Described & Decodable, Body: EndpointBody, Answer: EndpointAnswer
    >(
        _ route: Route, may permission: InstallationPermission,
        _ form: Form<Parameters, Body, Answer>,
        _ handler:
            @escaping @Sendable (Call<InstallationScope, Parameters, Body>) async throws -> Answer
    ) -> Endpoint {
        let reading = route.reading(Parameters.schema)
        return Endpoint(route, .installation(permission), form) { request, path, authorizer in
            let (principal, scope) = try await authorizer.installation(request, needing: permission)
            return try await handler(
                Call(
                    principal: principal, scope: scope,
                    parameters: try reading.value(Parameters.self, request, path),
                    body: try Body.read(request), request: request,
                    arrival: authorizer.arrival)
            ).response()
        }
    }

    /// An endpoint of one tenant, whom the path names as `{tenant}`.
    package static func tenant<
        Parameters: Described & Decodable, Body: EndpointBody, Answer: EndpointAnswer
    >(
        _ route: Route, may permission: TenantPermission, _ form: Form<Parameters, Body, Answer>,
        _ handler: @escaping @Sendable (Call<TenantScope, Parameters, Body>) async throws -> Answer
    ) -> Endpoint {
        let reading = route.reading(Parameters.schema)
        return Endpoint(route, .tenant(permission), form) { request, path, authorizer in
            let tenant = TenantID(try path.required("tenant"))
            let (principal, scope) = try await authorizer.tenant(
                tenant, request, needing: permission)
            return try await handler(
                Call(
                    principal: principal, scope: scope,
                    parameters: try reading.value(Parameters.self, request, path),
                    body: try Body.read(request), request: request,
                    arrival: authorizer.arrival)
            ).response()
        }
    }

    /// An endpoint that an agent's ticket opens: a WebSocket.
    package static func ticket<Parameters: Described & Decodable>(
        _ route: Route, may permission: TenantPermission,
        _ form: Form<Parameters, NoBody, Upgrade>,
        _ handler:
            @escaping @Sendable (Call<TenantScope, Parameters, NoBody>) async throws -> Upgrade
    ) -> Endpoint {
        let reading = route.reading(Parameters.schema)
        return Endpoint(route, .ticket(permission), form) { request, path, authorizer in
            let parameters = try reading.value(Parameters.self, request, path)
            let (principal, scope) = try await authorizer.agent(
                opening: request, needing: permission)
            return try await handler(
                Call(
                    principal: principal, scope: scope, parameters: parameters, body: NoBody(),
                    request: request, arrival: authorizer.arrival)
            ).response()
        }
    }

    /// An endpoint that whoever is known may ask, about themselves.
    package static func known<
        Parameters: Described & Decodable, Body: EndpointBody, Answer: EndpointAnswer
    >(
        _ route: Route, _ form: Form<Parameters, Body, Answer>,
        _ handler: @escaping @Sendable (Call<Anywhere, Parameters, Body>) async throws -> Answer
    ) -> Endpoint {
        let reading = route.reading(Parameters.schema)
        return Endpoint(route, .known, form) { request, path, authorizer in
            let principal = try await authorizer.known(request)
            return try await handler(
                Call(
                    principal: principal, scope: Anywhere(),
                    parameters: try reading.value(Parameters.self, request, path),
                    body: try Body.read(request), request: request,
                    arrival: authorizer.arrival)
            ).response()
        }
    }

    /// An endpoint about the own account of a person who is signed in.
    package static func person<
        Parameters: Described & Decodable, Body: EndpointBody, Answer: EndpointAnswer
    >(
        _ route: Route, _ form: Form<Parameters, Body, Answer>,
        _ handler: @escaping @Sendable (Call<PersonScope, Parameters, Body>) async throws -> Answer
    ) -> Endpoint {
        let reading = route.reading(Parameters.schema)
        return Endpoint(route, .person, form) { request, path, authorizer in
            let (principal, scope) = try await authorizer.person(request)
            return try await handler(
                Call(
                    principal: principal, scope: scope,
                    parameters: try reading.value(Parameters.self, request, path),
                    body: try Body.read(request), request: request,
                    arrival: authorizer.arrival)
            ).response()
        }
    }

    /// An endpoint that anyone may ask.
    package static func anyone<
        Parameters: Described & Decodable, Body: EndpointBody, Answer: EndpointAnswer
    >(
        _ route: Route, _ form: Form<Parameters, Body, Answer>,
        _ handler: @escaping @Sendable (Call<Anywhere, Parameters, Body>) async throws -> Answer
    ) -> Endpoint {
        let reading = route.reading(Parameters.schema)
        return Endpoint(route, .anyone, form) { request, path, authorizer in
            try await handler(
                Call(
                    principal: .nobody, scope: Anywhere(),
                    parameters: try reading.value(Parameters.self, request, path),
                    body: try Body.read(request), request: request,
                    arrival: authorizer.arrival)
            ).response()
        }
    }
}

extension Endpoint.Form where Body == NoBody {
    /// The form of an endpoint without a body.
    package init(
        takes parameters: Parameters.Type, gives answer: Answer.Type, _ statuses: [Int] = [200],
        problems: [Problem.Kind] = [], repeating: Endpoint.Repeating = .harmless
    ) {
        self.init(
            takes: parameters, body: NoBody.self, gives: answer, statuses, problems: problems,
            repeating: repeating)
    }
}

extension Endpoint.Form where Parameters == NoParameters {
    /// The form of an endpoint with a body alone.
    package init(
        body: Body.Type, limit: Int? = nil, gives answer: Answer.Type, _ statuses: [Int] = [200],
        problems: [Problem.Kind] = [], repeating: Endpoint.Repeating = .harmless
    ) {
        self.init(
            takes: NoParameters.self, body: body, limit: limit, gives: answer, statuses,
            problems: problems, repeating: repeating)
    }
}

extension Endpoint.Form where Parameters == NoParameters, Body == NoBody {
    /// The form of an endpoint that takes nothing.
    package init(
        gives answer: Answer.Type, _ statuses: [Int] = [200], problems: [Problem.Kind] = [],
        repeating: Endpoint.Repeating = .harmless
    ) {
        self.init(
            takes: NoParameters.self, body: NoBody.self, gives: answer, statuses,
            problems: problems, repeating: repeating)
    }
}

extension Endpoint.Route {
    fileprivate func reading(_ schema: JSONSchema) -> ParameterReading {
        ParameterReading(fields: schema.fields, inPath: Set(Endpoint.names(in: path)))
    }
}

extension Endpoint {
    /// The names in braces of a path.
    static func names(in path: String) -> [String] {
        path.split(separator: "/").filter { $0.contains("{") && $0.hasSuffix("}") }.map {
            String($0.drop { $0 != "{" }.dropFirst().dropLast())
        }
    }
}
