import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { Grants as Answer, Grant, Invitation, Seats, Study } from '@/api/client'
import { Mark } from '@/components/mark'
import { useNow } from '@/components/now'
import { Empty, Loading, NotAllowed, Trouble } from '@/components/states'
import { Funnel } from '@/features/grants/funnel'
import { GrantsTable } from '@/features/grants/grants-table'
import { InviteDialog } from '@/features/grants/invite-dialog'
import { grantsQuery, invite, inviteAgain } from '@/features/grants/queries'
import { RevokeDialog } from '@/features/grants/revoke-dialog'
import { Sheet } from '@/features/grants/sheet'
import { isStep, people, RECONNECT } from '@/features/grants/steps'
import { useMay } from '@/features/session/queries'
import { Page } from './page'
import { changed, listOf, listText } from './search'
import { StudySelect } from './study-select'
import { useStudy } from './use-study'

const route = getRouteApi('/grants')
const NONE: readonly string[] = []

/** The source that the page is about: the one asked for, else one that can be invited to. */
function sourceOf(data: Answer, asked: string | undefined): string | undefined {
  const used = data.grants.map(({ source }) => source)
  const all = [...new Set([...data.ready, ...used])]
  return asked && all.includes(asked) ? asked : all[0]
}

const seatsWords = ({ used, limit }: Seats, vendor: string) =>
  limit === null
    ? `${used.toLocaleString('en')} accounts connected to ${vendor}`
    : `${used} of ${limit} seats used at ${vendor}`

function NoSource() {
  return (
    <Empty title="No live source is set up">
      <p>
        Participants can be invited once the study has an OAuth client at a vendor, and its id and
        secret stand in <code>WEARHOUSE_SOURCES</code>.
      </p>
    </Empty>
  )
}

function Reconnect({ grants, onAgain, busy }: ReconnectProps) {
  if (grants.length === 0) return null
  const expired = grants.filter(({ step }) => step === 'expired').length
  const parts = [
    expired > 0 && `${expired} expired`,
    grants.length > expired && `${grants.length - expired} shared only in part`,
  ]
  return (
    <section className="notice" aria-label="Reconnect">
      <div>
        <Mark band="act" word={`${people(grants.length)} to ask for consent again`} />
        <p>
          {parts.filter(Boolean).join(', ')}. What is missing comes in again only once they agree to
          a new invitation:{' '}
          {grants
            .slice(0, 8)
            .map(({ participant }) => participant)
            .join(', ')}
          {grants.length > 8 && ` and ${grants.length - 8} more`}.
        </p>
      </div>
      {onAgain && (
        <Button variant="default" loading={busy} onClick={onAgain}>
          Invite all again ({grants.length})
        </Button>
      )}
    </section>
  )
}

interface ReconnectProps {
  grants: Grant[]
  onAgain: (() => void) | undefined
  busy: boolean
}

function Board({ study, data, onMade }: BoardProps) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const queries = useQueryClient()
  const now = useNow()
  const may = useMay('manage_grants')
  const [inviting, setInviting] = useState<readonly string[] | null>(null)
  const [revoking, setRevoking] = useState<Grant | null>(null)
  const source = sourceOf(data, search.source)
  const vendor = (source && data.titles[source]) ?? source ?? ''
  const managing = may && source !== undefined && data.ready.includes(source)
  const refresh = () => queries.invalidateQueries({ queryKey: ['grants'] })
  const made = (invitations: Invitation[]) => {
    void refresh()
    setInviting(null)
    onMade(invitations, vendor)
  }
  const asking = useMutation({
    mutationFn: (codes: string[]) => invite(study.code, source ?? '', codes),
    onSuccess: made,
  })
  const again = useMutation({
    mutationFn: () => inviteAgain(study.code, source ?? ''),
    onSuccess: made,
  })
  const change = (changes: Partial<Record<keyof typeof search, string | undefined>>) =>
    navigate({ search: (current) => changed(current, changes), replace: true })

  const chosen = useMemo(() => listOf(search.chosen), [search.chosen])
  const mine = useMemo(
    () => data.grants.filter((grant) => grant.source === source),
    [data.grants, source],
  )
  const step = isStep(search.step) ? search.step : undefined
  const words = (search.q ?? '').toLowerCase()
  const shown = useMemo(
    () =>
      mine.filter(
        (grant) =>
          (!step || grant.step === step) && grant.participant.toLowerCase().includes(words),
      ),
    [mine, step, words],
  )
  if (source === undefined) return <NoSource />

  const ask = (codes: readonly string[]) => {
    asking.reset()
    setInviting(codes)
  }
  const seats = data.seats.find((each) => each.source === source)
  const choices = [...new Set([...data.ready, ...data.grants.map((grant) => grant.source)])]
  return (
    <>
      <div className="filters">
        {choices.length > 1 && (
          <NativeSelect
            label="Source"
            value={source}
            data={choices.map((name) => ({ value: name, label: data.titles[name] ?? name }))}
            onChange={(event) => change({ source: event.currentTarget.value, chosen: undefined })}
          />
        )}
        <TextInput
          label="Filter"
          placeholder="Code"
          type="search"
          value={search.q ?? ''}
          onChange={(event) => change({ q: event.currentTarget.value || undefined })}
        />
        {seats && (
          <p className={seats.left !== null && seats.left <= 10 ? 'count scarce' : 'count'}>
            {seatsWords(seats, vendor)}
          </p>
        )}
        {managing && (
          <div className="filter-actions">
            {chosen.length > 0 && (
              <Button variant="default" onClick={() => ask(chosen)}>
                Invite selected ({chosen.length})
              </Button>
            )}
            <Button onClick={() => ask(NONE)}>Invite</Button>
          </div>
        )}
      </div>
      {again.error && <Trouble error={again.error} />}
      <Reconnect
        grants={mine.filter((grant) => RECONNECT.includes(grant.step))}
        onAgain={managing ? () => again.mutate() : undefined}
        busy={again.isPending}
      />
      <Funnel
        counts={data.funnel[source] ?? {}}
        chosen={step}
        onChoose={(next) => change({ step: next })}
      />
      {shown.length === 0 ? (
        <p className="none" role="status">
          {mine.length === 0 ? 'Nobody is enrolled in this study yet.' : 'Nobody is here.'}
        </p>
      ) : (
        <GrantsTable
          grants={shown}
          now={now}
          sort={search.sort}
          onSort={(sort) => change({ sort })}
          managing={
            managing
              ? {
                  chosen,
                  onChoose: (code, yes) => {
                    const others = chosen.filter((each) => each !== code)
                    change({ chosen: listText(yes ? [...others, code] : others) })
                  },
                  onInvite: (grant) => ask([grant.participant]),
                  onRevoke: setRevoking,
                }
              : undefined
          }
        />
      )}
      {inviting && (
        <InviteDialog
          vendor={vendor}
          seats={seats}
          first={inviting}
          busy={asking.isPending}
          error={asking.error}
          onInvite={(codes) => asking.mutate(codes)}
          onClose={() => setInviting(null)}
        />
      )}
      {revoking && (
        <RevokeDialog
          grant={revoking}
          vendor={vendor}
          onClose={() => setRevoking(null)}
          onDone={() => {
            setRevoking(null)
            void refresh()
          }}
        />
      )}
    </>
  )
}

interface BoardProps {
  study: Study
  data: Answer
  onMade: (invitations: Invitation[], vendor: string) => void
}

/** Who let the study read what, and whom to ask. */
export function Grants() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const may = useMay('read_ingestion')
  const { studies, all, study } = useStudy(search.study)
  const grants = useQuery({ ...grantsQuery(study?.code ?? ''), enabled: may && Boolean(study) })
  // Links are secrets, so they are kept here and not in the address.
  const [made, setMade] = useState<{ invitations: Invitation[]; vendor: string } | null>(null)

  if (!may) return <NotAllowed what="grants" />
  if (made && study) {
    return (
      <Page title={`${people(made.invitations.length)} invited`} about={study.title}>
        <Sheet {...made} study={study.title} onDone={() => setMade(null)} />
      </Page>
    )
  }
  const failed = studies.error ?? grants.error
  const retry = studies.error ? studies.refetch : grants.refetch
  return (
    <Page title="Grants" about={study?.title ?? 'What participants let the study read.'}>
      <StudySelect
        studies={all}
        value={study?.code}
        onChange={(code) => navigate({ search: { study: code }, replace: true })}
      />
      {failed && <Trouble error={failed} onRetry={retry} />}
      {!failed && studies.data && !study && (
        <Empty title={search.study ? `There is no study ${search.study}` : 'No study yet'} />
      )}
      {!failed && !grants.data && (study || studies.isPending) && (
        <Loading what="grants" rows={6} height={52} />
      )}
      {study && grants.data && (
        <Board
          study={study}
          data={grants.data}
          onMade={(invitations, vendor) => setMade({ invitations, vendor })}
        />
      )}
    </Page>
  )
}
