import Conversation
import HTTPServer
import JSON

extension EndpointList {
    /// The OpenAPI 3.1 document of all endpoints.
    func openAPI() -> [UInt8] {
        var shared: [String: JSONValue] = ["Problem": Self.problem]
        var paths: [String: JSONValue] = [:]
        for (path, list) in Dictionary(grouping: endpoints, by: \.path) {
            var operations: [String: JSONValue] = [:]
            for endpoint in list {
                operations[endpoint.method.rawValue.lowercased()] = .object(
                    operation(endpoint, sharing: &shared))
            }
            paths[path] = .object(operations)
        }
        let document: JSONValue = [
            "openapi": "3.1.0",
            "info": ["title": .string(title), "version": "1"],
            "paths": .object(paths),
            "components": [
                "schemas": .object(shared),
                "securitySchemes": [
                    "bearer": [
                        "type": "http", "scheme": "bearer",
                        "description": .string(Self.bearers),
                    ],
                    "session": [
                        "type": "apiKey", "in": "cookie", "name": "__Host-parley",
                        "description": "The cookie that a sign-in sets; pages have it.",
                    ],
                    "ticket": [
                        "type": "apiKey", "in": "header", "name": "Sec-WebSocket-Protocol",
                        "description": "An agent's ticket among the subprotocols, used up by it.",
                    ],
                ],
            ],
        ]
        // No number in it is infinite, so it can be written.
        return (try? RecordCodec.encode(document)) ?? []
    }

    private static let bearers =
        "An API key, a session's token, the installation's key, or an agent's ticket."

    /// Either will do.
    private static let security: JSONValue = [["bearer": []], ["session": []]]

    private func operation(
        _ endpoint: Endpoint, sharing shared: inout [String: JSONValue]
    ) -> [String: JSONValue] {
        var operation: [String: JSONValue] = [
            "operationId": .string(endpoint.name), "summary": .string(endpoint.summary),
            "tags": [.string(String(endpoint.name.prefix { $0 != "." }))],
            "responses": .object(responses(endpoint, sharing: &shared)),
        ]
        let parameters = parameters(endpoint, sharing: &shared)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        switch endpoint.access {
        case .anyone: break
        case .known, .person: operation["security"] = Self.security
        case .installation(let permission):
            operation["security"] = Self.security
            operation["x-permission"] = .string(permission.name)
        case .tenant(let permission):
            operation["security"] = Self.security
            operation["x-permission"] = .string(permission.name)
        case .ticket(let permission):
            operation["security"] = [["ticket": []]]
            operation["x-permission"] = .string(permission.name)
        }
        switch endpoint.body {
        case .none: break
        case .bytes:
            operation["requestBody"] = [
                "required": true,
                "content": [
                    "application/octet-stream": [
                        "schema": ["type": "string", "format": "binary", "minLength": 1]
                    ]
                ],
            ]
        case .json(let schema):
            operation["requestBody"] = [
                "required": true,
                "content": [
                    "application/json": ["schema": schema.document(sharing: &shared)]
                ],
            ]
        }
        return operation
    }

    private func parameters(
        _ endpoint: Endpoint, sharing shared: inout [String: JSONValue]
    ) -> [JSONValue] {
        let inPath = Set(Endpoint.names(in: endpoint.path))
        var fields = endpoint.parameters.fields
        if inPath.contains("tenant"), !fields.contains(where: { $0.name == "tenant" }) {
            let tenant = JSONSchema.text("The tenant.", 1...63)
            fields.insert(.required("tenant", tenant), at: 0)
        }
        let once: [JSONValue] = endpoint.repeating == .harmless ? [] : [Self.idempotencyKey]
        return once
            + fields.map { field in
                var members: [String: JSONValue] = [
                    "name": .string(field.name),
                    "in": inPath.contains(field.name) ? "path" : "query",
                    "required": .bool(field.isRequired),
                    "schema": field.schema.document(sharing: &shared),
                ]
                if let note = field.schema.note { members["description"] = .string(note) }
                return .object(members)
            }
    }

    /// The header field that names an act.
    private static let idempotencyKey: JSONValue = [
        "name": "Idempotency-Key", "in": "header", "required": true,
        "description": .string(
            "A name of your own for this act, such as a UUID: the same request with the same one "
                + "is done once, and answered as before for a day."),
        "schema": [
            "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!#-~][!-~]*$",
            "examples": ["8b1f3f52-3b5e-4f3c-9a37-6f0f8c1c2f0d"],
        ],
    ]

    /// The header fields that a caller who asked too often is told by.
    private static let limitHeaders: JSONValue = [
        "RateLimit-Policy": limitHeader("The limits, such as `\"address\";q=1200;w=60`."),
        "RateLimit": limitHeader("What is left of each, and in how many seconds there is more."),
        "Retry-After": limitHeader("The seconds to wait."),
    ]

    private static func limitHeader(_ note: String) -> JSONValue {
        ["description": .string(note), "schema": ["type": "string"]]
    }

    private func responses(
        _ endpoint: Endpoint, sharing shared: inout [String: JSONValue]
    ) -> [String: JSONValue] {
        var responses: [String: JSONValue] = [:]
        for status in endpoint.statuses {
            var members: [String: JSONValue] = ["description": "The answer."]
            switch endpoint.answer {
            case .none: members["description"] = "It is done."
            case .json(let schema):
                members["content"] = [
                    "application/json": ["schema": schema.document(sharing: &shared)]
                ]
            case .lines(let schema):
                members["description"] = "One JSON object a line."
                // What a line holds has a place of its own: OpenAPI 3.1 describes no streams.
                members["content"] = ["application/x-ndjson": [:]]
                members["x-line"] = schema.document(sharing: &shared)
            case .upgrade: members["description"] = "The connection goes on as a WebSocket."
            case .other(let type): members["content"] = .object([type: [:]])
            }
            responses[String(status)] = .object(members)
        }
        for (status, kinds) in Dictionary(grouping: problems(of: endpoint), by: \.status) {
            let codes = kinds.map { "`\($0.code)`" }.joined(separator: ", ")
            responses[String(status)] = [
                "headers": status == 429 ? Self.limitHeaders : [:],
                "description": .string("A problem with the code \(codes)."),
                "content": .object([
                    Problem.mediaType: ["schema": ["$ref": "#/components/schemas/Problem"]]
                ]),
            ]
        }
        return responses
    }

    /// The schema of problems (RFC 9457).
    private static var problem: JSONValue {
        let part: JSONSchema = .object(
            [
                .optional("pointer", .text("Where in the body, as a JSON pointer.")),
                .optional("parameter", .text("Which parameter of path or query.")),
                .required("code", .text("A stable word for programs.")),
                .required("detail", .text("A sentence for people.")),
            ])
        let schema = JSONSchema.object(
            [
                .required("type", .text("The problem's kind as a URI.")),
                .required("title", .text("The status in words.")),
                .required("status", .integer("The status.", 400...599)),
                .required("detail", .text("A sentence for people.")),
                .required("code", .text("The problem's kind as a stable word for programs.")),
                .optional("errors", .list(part, "The wrong parts of what was sent.")),
            ], note: "Why there is no other answer (RFC 9457).")
        var nothing: [String: JSONValue] = [:]
        return schema.document(sharing: &nothing)
    }
}
