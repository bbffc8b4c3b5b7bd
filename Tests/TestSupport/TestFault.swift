/// Why the surroundings of a test could not be made; never the verdict of a test.
package enum TestFault: Error {
    case system(call: String, errno: Int32)
    /// Nothing happened on the descriptor or process within the time.
    case late(String)
    case unexpected(String)
}
