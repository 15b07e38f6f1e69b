/// What is wrong with how the program was started or configured: all of it, not only the first.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where it was found: a file, the command line, the environment.
    package var source: String
    /// Each problem: which key, what was found, what was expected.
    package var problems: [String]

    /// Describes problems.
    package init(_ source: String, _ problems: [String]) {
        self.source = source
        self.problems = problems
    }

    /// Describes one problem.
    package init(_ source: String, _ problem: String) {
        self.init(source, [problem])
    }

    /// The problems, one a line.
    package var description: String {
        problems.map { "\(source): \($0)" }.joined(separator: "\n")
    }
}
