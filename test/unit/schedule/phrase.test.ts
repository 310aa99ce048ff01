import { describe, expect, test } from '@jest/globals'
import { readSchedulePhrase } from '../../../src/domain/schedule-phrase.ts'
import { cronProblem, readCron } from '../../../src/schedule/cron.ts'

describe('phrases', () => {
  test.each([
    ['每天 09:00', ['0 9 * * *'], null],
    ['9:05', ['5 9 * * *'], null],
    ['每日 09：00', ['0 9 * * *'], null],
    ['每个工作日 09:00', ['0 9 * * *'], 'workday'],
    ['工作日 18:30', ['30 18 * * *'], 'workday'],
    ['每个节假日 10:00', ['0 10 * * *'], 'holiday'],
    ['周末 10:00', ['0 10 * * 6,7'], null],
    ['每个周末 10:00', ['0 10 * * 6,7'], null],
    ['每周一 08:00', ['0 8 * * 1'], null],
    ['每周一、三、五 18:00', ['0 18 * * 1,3,5'], null],
    ['每周一至周五 18:00', ['0 18 * * 1,2,3,4,5'], null],
    ['星期天 18:00', ['0 18 * * 7'], null],
    ['每天 09:00、18:30', ['0 9 * * *', '30 18 * * *'], null],
    ['每月1号 10:00', ['0 10 1 * *'], null],
    ['每月最后一天 23:59', ['59 23 L * *'], null],
    ['每小时', ['0 * * * *'], null],
  ])('%s', (text, crons, day) => {
    expect(readSchedulePhrase(text)).toEqual({ crons, day })
    for (const cron of crons) expect(cronProblem(cron)).toBeNull()
  })

  test.each([
    '',
    '每天',
    '早上九点',
    '每天 24:00',
    '每天 9:60',
    '每周八 09:00',
    '每月32号 09:00',
    '09:00-18:00',
    '每个 9:00',
  ])('not a phrase: %s', (text) => {
    expect(readSchedulePhrase(text)).toBeNull()
  })
})

describe('cron lines', () => {
  test.each([
    ['0 25 * * *', 'hour'],
    ['61 * * * *', 'minute'],
    ['0 9 * 13 *', 'month'],
    ['0 9 * * 9', 'dayOfWeek'],
    ['0 9 31 2 *', 'dayOfMonth'],
    ['*/10 * * * * *', 'second'],
    ['nonsense', 'expression'],
  ])('%s names its bad field', (line, field) => {
    expect(cronProblem(line)).toContain(field)
    expect(() => readCron(line)).toThrow(TypeError)
  })

  test('days and minutes', () => {
    const pattern = readCron('*/30 9-10 28-31 * *')
    expect(pattern.minutes).toEqual([540, 570, 600, 630])
    expect(['2027-02-27', '2027-02-28', '2027-03-31'].map(pattern.isOn)).toEqual([false, true, true])
  })

  test('a leading 0 for seconds is taken', () => {
    expect(cronProblem('0 0 9 * * *')).toBeNull()
    expect(readCron('0 0 9 * * mon').isOn('2027-01-04')).toBe(true)
    expect(readCron('0 0 9 * * mon').isOn('2027-01-05')).toBe(false)
  })

  test('leaves nothing behind in the package', async () => {
    const { getTasks } = await import('node-cron')
    readCron('0 9 * * *')
    expect(getTasks().size).toBe(0)
  })
})
