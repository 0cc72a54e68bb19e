import { EvidenceQuery, Sha256, StreamkeeperError } from '@streamkeeper/contracts'
import { findCasePicture, markLooked, noteAccess } from '@streamkeeper/database'
import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.js'
import { visitorOf } from '../guard.js'
import { parse } from '../parse.js'
import { loadCase } from '../show-case.js'

/** Pictures of a case by digest. A still is noted on the access log before it is shown, and stays with its case; a blurred preview is not. */
export async function addEvidenceRoute(app: FastifyInstance, deps: Deps): Promise<void> {
  const { database, spool, now } = deps
  app.get<{ Params: { sha256: string } }>('/evidence/:sha256', async (request, reply) => {
    const visitor = visitorOf(request)
    const sha256 = parse(Sha256, request.params.sha256)
    const query = parse(EvidenceQuery, request.query)
    const { caseId, streamId } = await loadCase(deps, query.case)
    const key = `evidence/${sha256}.jpg`
    const kind = await findCasePicture(database, caseId, key)
    const isStill = kind === 'still'
    if (kind === null || (isStill && !(await markLooked(database, { caseId, still: key, at: now() }))))
      throw new StreamkeeperError('NOT_FOUND', 'the case does not keep such a picture')
    if (isStill)
      await noteAccess(database, {
        actor: visitor.username,
        role: visitor.role,
        what: `still ${sha256}`,
        reason: query.reason,
        caseId,
        streamId,
        at: now(),
      })
    const found = await spool.get(key)
    if (found === null) throw new StreamkeeperError('NOT_FOUND', 'the picture is no longer kept')
    return reply
      .type('image/jpeg')
      .header('cache-control', isStill ? 'no-store' : 'private, max-age=3600')
      .send(found.bytes)
  })
}
