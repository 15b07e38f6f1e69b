import FoundationEssentials

/// The repository's files, read once; tidy tests look at the tree that they were built from.
struct SourceTree: Sendable {
    /// A Swift file: as it is, and with comments and the contents of strings blanked out.
    struct File: Sendable {
        /// The path from the repository's root.
        let path: String
        /// The text.
        let text: String
        /// The lines of the text.
        let lines: [String]
        /// The code alone; line `n` is the code of line `n`.
        let code: String
        /// The lines of the code.
        let codeLines: [String]

        init(path: String, text: String) {
            self.path = path
            self.text = text
            self.code = SwiftText.code(of: text)
            self.lines = Self.split(text)
            self.codeLines = Self.split(code)
        }

        /// The target that the file belongs to, such as `EventLog`, and its floor, if any.
        var module: Module { Module(ofFileAt: path) }

        /// Lines end at line feeds only: Unicode's separators stand in strings.
        private static func split(_ text: String) -> [String] {
            text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                .map { String(Substring($0)) }
        }
    }

    /// A target, as its folder names it.
    struct Module: Sendable, Hashable {
        /// The folders under `Sources` that hold targets.
        static let floors: Set<String> = [
            "Libraries", "Servers", "Log", "Stages", "Outside", "Edges", "Process", "Capabilities",
        ]

        let name: String
        let floor: String?

        init(name: String, floor: String?) {
            self.name = name
            self.floor = floor
        }

        init(ofFileAt path: String) {
            let parts = path.split(separator: "/").map(String.init)
            let floor = parts.count > 2 && Self.floors.contains(parts[1]) ? parts[1] : nil
            // A capability's folder holds several targets.
            let place = floor == nil ? 1 : floor == "Capabilities" ? 3 : 2
            self.init(name: parts.count > place ? parts[place] : path, floor: floor)
        }
    }

    /// The repository's root.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// All files, read at first use.
    static let shared = SourceTree()

    /// The Swift files under `Sources`.
    let sources: [File]
    /// The Swift files under `Tests`.
    let tests: [File]
    /// All targets under `Sources`.
    let modules: Set<Module>

    private init() {
        sources = Self.swiftFiles(under: "Sources")
        tests = Self.swiftFiles(under: "Tests")
        modules = Set(Self.paths(under: "Sources").map(Module.init(ofFileAt:)))
    }

    /// The paths of all files under a folder, from the root.
    static func paths(under folder: String) -> [String] {
        // A folder that is not there yet has no files.
        let names = try? FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)")
        return (names ?? []).sorted().filter { $0.contains(".") }.map { "\(folder)/\($0)" }
    }

    /// The text of a file; `nil` if there is none.
    static func text(of path: String) -> String? {
        FileManager.default.contents(atPath: "\(root)/\(path)")
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private static func swiftFiles(under folder: String) -> [File] {
        paths(under: folder).filter { $0.hasSuffix(".swift") }.compactMap { path in
            text(of: path).map { File(path: path, text: $0) }
        }
    }
}
