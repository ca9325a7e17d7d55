import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type DeskLine, type Invitation, Problem } from '@/api/client'
import { grantsQuery, invite } from '@/features/grants/queries'
import { useMay } from '@/features/session/queries'
import { WriteDialog } from '@/features/today/write-dialog'

/** Writing to people and making new links for them, as far as whoever is signed in may. */
export function useContacting(study: string) {
  const queries = useQueryClient()
  const writes = useMay('send_messages')
  const invites = useMay('manage_grants')
  const [writing, setWriting] = useState<DeskLine[] | null>(null)
  // Links are secrets, so they are kept here and not in the address.
  const [made, setMade] = useState<{ invitations: Invitation[]; vendor: string } | null>(null)
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: ['desk'] })
    void queries.invalidateQueries({ queryKey: ['grants'] })
  }
  const inviting = useMutation({
    mutationFn: async (lines: DeskLine[]) => {
      const { ready, titles } = await queries.ensureQueryData(grantsQuery(study))
      const sources = bySource(lines, ready)
      const invitations: Invitation[] = []
      for (const [source, codes] of sources) {
        invitations.push(...(await invite(study, source, codes)))
      }
      const vendor = [...sources.keys()].map((source) => titles[source] ?? source).join(', ')
      return { invitations, vendor }
    },
    onSuccess: (found) => {
      setMade(found)
      refresh()
    },
  })
  return {
    made,
    inviting,
    onDone: () => setMade(null),
    onWrite: writes ? setWriting : undefined,
    onInvite: invites ? (lines: DeskLine[]) => inviting.mutate(lines) : undefined,
    dialog: writing && (
      <WriteDialog
        study={study}
        lines={writing}
        onSent={refresh}
        onClose={() => setWriting(null)}
      />
    ),
  }
}

/** The people by the source that they are to be invited to: that of a grant that does not work, or
 * the first that can be asked. */
function bySource(lines: readonly DeskLine[], ready: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { code, grants } of lines) {
    const known = grants.find(({ state }) => state !== 'active') ?? grants[0]
    const source = known?.source ?? ready[0]
    if (!source) {
      throw new Problem(0, 'Nobody can be invited', 'No live source is set up for this study.')
    }
    found.set(source, [...(found.get(source) ?? []), code])
  }
  return found
}
