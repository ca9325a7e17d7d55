import type { AuditEntry } from '@/api/client'

/** Acts in words; one that is not here is shown as it is. */
const ACTS: Record<string, string> = {
  'session.open': 'signed in',
  'session.refuse': 'was refused at the door',
  'session.end_all': 'signed out everywhere',
  'contact.read': 'looked at contact details',
  'contact.change': 'changed contact details',
  'contact.destroy': 'destroyed contact details',
  'contact.opt_out': 'noted: no more messages',
  'contact.opt_in': 'noted: messages again',
  'participant.enrol': 'enrolled',
  'participant.change': 'changed',
  'participant.pause': 'paused',
  'participant.resume': 'resumed',
  'participant.keep': 'withdrew, data kept',
  'participant.part': 'withdrew, identity destroyed',
  'participant.erase': 'erased',
  'handled.until': 'saw to it',
  'handled.undone': 'put back on the list',
  'grant.invite': 'invited',
  'grant.accept': 'consented',
  'grant.revoke': 'revoked the grant',
  'message.queue': 'wrote to',
  'message.rules': 'changed the rules of messages',
  'message.template': 'changed the text',
  'study.create': 'made the study',
  'study.change': 'changed the study',
  'study.unblind': 'ended the blinding',
  'cohort.create': 'made the cohort',
  'cohort.assign': 'put together the cohort',
  'definition.choose': 'chose the definition',
  impute: 'began to fill gaps',
  'impute.withdraw': 'took imputed values back',
  'impute.classes': 'changed which gaps are filled',
  'fleet.metric': 'changed the fleet’s metric',
  'fleet.rule': 'set the fleet’s rule',
  'fleet.rule.remove': 'removed the fleet’s rule',
  'user.add': 'let in',
  'user.change': 'changed the access of',
  'user.disable': 'shut out',
  'user.enable': 'let in again',
  'user.password': 'set the password of',
  'user.factor.add': 'set up a second factor',
  'user.factor.drop': 'took the second factor away',
  'key.create': 'made the key',
  'key.revoke': 'revoked the key',
  export: 'exported',
  import: 'imported',
  'audit.export': 'exported the trail',
}

type Told = Pick<AuditEntry, 'act' | 'before' | 'after'>

export const actWords = ({ act }: Pick<Told, 'act'>): string => ACTS[act] ?? act

const isEmpty = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

function text(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  if (Array.isArray(value)) return value.map(text).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : `${value}`
}

/** What was before and after, field by field; of contact details, of which only digests are kept,
 * the fields. */
export function changesOf({ act, before, after }: Told): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  if (act.startsWith('contact.')) return names.map((name) => name.replaceAll('_', ' ')).join(', ')
  return names
    .filter((name) => name in before || !isEmpty(after[name]))
    .map((name) => {
      const told = text(after[name])
      const field = name.replaceAll('_', ' ')
      return name in before ? `${field}: ${text(before[name])} → ${told}` : `${field}: ${told}`
    })
    .join('; ')
}
