import Confinement

/// Why no text came out of a document, in words for the person who uploaded it.
package enum DocumentTextError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The program that reads this format is not installed.
    case missingTool(tool: String, debianPackage: String)
    /// The document opens only with a password.
    case encrypted
    /// The document is damaged; the detail is what the reading program said.
    case broken(detail: String)
    /// The file has more bytes than are taken.
    case tooLarge(bytes: Int, limitBytes: Int)
    /// Reading took longer than the limit on wall-clock or processor time.
    case timedOut(after: Duration)
    /// Reading needed more memory than the limit.
    case outOfMemory(limitBytes: Int)
    /// The document unpacks to more bytes than are taken, as a zip bomb does.
    case outputTooLarge(limitBytes: Int)
    /// The document holds more text than is taken.
    case tooMuchText(limitBytes: Int)
    /// A sheet has more cells than are taken.
    case tooManyCells(limit: Int)
    /// The content is of a kind that is not read.
    case unsupported(kind: String)
    /// The content is of another kind than the file's name says.
    case mismatch(named: String, found: String)
    /// The document's characters make no sense; the detail says where, and what to do.
    case garbled(detail: String)
    /// The document was read and holds no text.
    case empty(detail: String)
    /// The child process could not be started or confined; the document is not to blame.
    case sandbox(detail: String)
    /// The task that asked was cancelled.
    case cancelled

    /// One sentence that says what was wrong and what to do.
    package var description: String {
        switch self {
        case .missingTool(let tool, let package):
            "The program \(tool) is missing on the server: install Debian's package \(package)."
        case .encrypted:
            "The document is protected by a password: remove the protection and add it again."
        case .broken(let detail):
            "The document is damaged and cannot be read: \(detail)"
        case .tooLarge(let bytes, let limit):
            "The file has \(Self.size(bytes)); at most \(Self.size(limit)) are taken: "
                + "split it into smaller ones."
        case .timedOut(let limit):
            "Reading the document took longer than \(limit.components.seconds) seconds: "
                + "split it into smaller ones."
        case .outOfMemory(let limit):
            "Reading the document needs more than \(Self.size(limit)) of memory: "
                + "split it into smaller ones."
        case .outputTooLarge(let limit):
            "The document would fill more than \(Self.size(limit)) once it is unpacked, as no "
                + "ordinary one does: save it anew, or split it into smaller ones."
        case .tooMuchText(let limit):
            "The document holds more than \(Self.size(limit)) of text, some "
                + "\(max(1, limit >> 20) * 400) printed pages: split it into smaller ones."
        case .tooManyCells(let limit):
            "A sheet of the document has more than \(limit) cells: keep what customers ask about, "
                + "or split it into smaller ones."
        case .unsupported(let kind):
            "The file is \(kind), which is not read: add PDF, DOCX, XLSX, HTML, Markdown, "
                + "CSV or plain text."
        case .mismatch(let named, let found):
            "The file is named .\(named) but its content is \(found): "
                + "give it the right name or save it again."
        case .garbled(let detail):
            "The document's text is garbled: \(detail)"
        case .empty(let detail):
            "The document has no text: \(detail)"
        case .sandbox(let detail):
            "The reading process could not be started: \(detail)"
        case .cancelled:
            "Reading the document was cancelled."
        }
    }

    /// Whether another try, later or elsewhere, can succeed with the same bytes.
    package var isTransient: Bool {
        switch self {
        case .missingTool, .sandbox, .cancelled, .timedOut: true
        default: false
        }
    }

    private static func size(_ bytes: Int) -> String {
        bytes >= 1 << 20 ? "\(bytes >> 20) MB" : "\(bytes) bytes"
    }
}

extension DocumentTextError {
    /// What a tool's failure means for a document.
    init(_ error: ToolError) {
        switch error {
        case .missing(let tool, let package):
            self = .missingTool(tool: tool, debianPackage: package)
        case .timedOut(let limit): self = .timedOut(after: limit)
        case .outputTooLarge(let limit): self = .outputTooLarge(limitBytes: limit)
        case .notStarted(let detail): self = .sandbox(detail: detail)
        case .cancelled: self = .cancelled
        }
    }
}
