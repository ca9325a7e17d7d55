import type { Role } from '@/api/client'

/** What a role is called, and what it is for. */
export const ROLES: Record<Role, { title: string; about: string }> = {
  manager: { title: 'Trial manager', about: 'Runs the study: everything.' },
  coordinator: {
    title: 'Coordinator',
    about: 'Looks after participants, with contact details; no export.',
  },
  analyst: { title: 'Analyst', about: 'Coded data and exports; no contact details.' },
  engineer: { title: 'Data engineer', about: 'Pipelines, logs and keys; no contact details.' },
  monitor: { title: 'Monitor', about: 'Reads everything coded and the audit trail.' },
  device: { title: 'Device', about: 'Pushes samples and reports; reads nothing.' },
}

export const placesWords = (places: string[] | null) =>
  places === null ? 'Everywhere' : places.join(', ')

/** Places as they are typed: S1 or S1/NORTH, with commas or spaces between. */
export const placesOf = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean)
