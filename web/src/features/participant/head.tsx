import './head.css'
import type { ReactNode } from 'react'
import type { ParticipantDetail } from '@/api/client'
import { type Band, Mark, type Shape } from '@/components/mark'
import { ago } from '@/components/time/words'
import { civilText, momentText } from '@/components/time/zone'

/** A word with the mark that goes with it. */
export interface Words {
  word: string
  band: Band
  shape?: Shape
}

/** "day 12 of 90"; nothing where no beginning is known. */
function dayOfStudy({ study_day: day, study_days: days }: ParticipantDetail): string {
  if (day == null) return ''
  if (day < 1) return day === 0 ? 'starts tomorrow' : `starts in ${1 - day} days`
  return days ? `day ${day} of ${days}` : `day ${day}`
}

interface Props {
  participant: ParticipantDetail
  now: number
  status: Words
  reason: Words | null
  action: Words
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  )
}

const percent = (share: number) => `${Math.round(share * 100)} %`

/** Who it is, where they are in the study, why the newest day is as it is, what to do next. */
export function Head({ participant: who, now, status, reason, action }: Props) {
  const synced = who.synced_at ? Date.parse(who.synced_at) : null
  const day = dayOfStudy(who)
  return (
    <dl className="participant-head">
      <Fact title="Status">
        <Mark {...status}>{day}</Mark>
      </Fact>
      <Fact title="Newest day">{reason ? <Mark {...reason} /> : 'none is over yet'}</Fact>
      <Fact title="Next action">
        <Mark {...action}>{who.next_action_sentence}</Mark>
      </Fact>
      <Fact title="Last sync">
        {synced ? (
          <span title={`${momentText(synced, who.timezone)} (${who.timezone})`}>
            {ago(synced, now)}
          </span>
        ) : (
          'never'
        )}
      </Fact>
      <Fact title="Adherence, 28 days">
        {who.adherence == null
          ? `no closed day, ${who.pending_days ?? 0} pending`
          : `${percent(who.adherence)} of ${who.closed_days} closed days, ${who.pending_days} pending`}
      </Fact>
      {(who.battery_percent != null || who.battery_level) && (
        <Fact title="Battery">
          {who.battery_percent != null ? `${Math.round(who.battery_percent)} %` : who.battery_level}
        </Fact>
      )}
      {who.site && <Fact title="Site">{who.site}</Fact>}
      {who.arm && <Fact title="Arm">{who.arm}</Fact>}
      {who.enrolled_on && (
        <Fact title="Enrolled">{civilText(Date.parse(who.enrolled_on), 'date')}</Fact>
      )}
    </dl>
  )
}
