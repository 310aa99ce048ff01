import { z } from 'zod'
import { defineLaterAction } from './action.ts'

const path = z.string().min(1)
const media = z.union([path, z.strictObject({ file: path })])

/** `image`: a picture of the rules folder. */
export const image = defineLaterAction(
  'image',
  media.describe('发图片：rules 目录下的路径。A picture, by its path under the rules folder.'),
)
/** `file`: a file of the rules folder. */
export const file = defineLaterAction(
  'file',
  media.describe('发文件：rules 目录下的路径。A file, by its path under the rules folder.'),
)
/** `video`: a video of the rules folder. */
export const video = defineLaterAction(
  'video',
  media.describe('发视频：rules 目录下的路径。A video, by its path under the rules folder.'),
)
/** `emoticon`: an animated picture of the rules folder. */
export const emoticon = defineLaterAction(
  'emoticon',
  media.describe('发表情：rules 目录下的路径。An emoticon, by its path under the rules folder.'),
)
