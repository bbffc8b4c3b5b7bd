/// How the simulator misbehaves, for every request until it is told otherwise.
package enum Fault: String, CaseIterable, Sendable {
    case none
    /// Takes the request and never answers.
    case slow
    /// Sends the head of the answer and never its body.
    case stall
    /// Sends half of the body and hangs up.
    case cut
    /// 302 to another origin on this machine, which counts who comes.
    case redirect
    /// 200 with the login page of a hotel's network.
    case portal
    /// 401 with a page in HTML, as a proxy in the way sends it.
    case storm
    /// A body without end.
    case huge
    /// Bytes that are not HTTP.
    case noise
    /// A proxy put its own credential into every request: all get the answer for a bad one.
    case mangled
    /// Repeats the credential in its headers and its body, as a debugging proxy does.
    case echo
    /// Takes the request and hangs up without a word.
    case hangUp
    /// A reply in gzip, of 49 KiB, that would unpack to 7 MiB.
    case gzipBomb
    /// Announces 20 GiB and begins to send them.
    case twentyGiB
    /// Replies of proxies, edges and gateways (`reply`).
    case proxyLogin, edgeBlock, challenge, networkLogin, otherService, forbiddenByGateway, wall, missingRoute,
        legalBlock
    /// Replies of servers in trouble (`reply`).
    case internalError, badGateway, unavailable, gatewayTimeout, requestTimeout, tooMany, tooManyForYears
    /// Replies that are no JSON, or no whole one (`reply`).
    case emptyYes, emptyNo, markup, plainText, halfJSON
}
